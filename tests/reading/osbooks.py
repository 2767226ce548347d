"""A repository in the manner of `osbooks-*`, in words of its own: two chapters, a preface, an appendix."""

import io
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

COMMIT = "0123456789abcdef0123456789abcdef01234567"
COLLECTION = """<?xml version="1.0"?>
<col:collection xmlns="http://cnx.rice.edu/collxml" xmlns:md="http://cnx.rice.edu/mdml"
    xmlns:col="http://cnx.rice.edu/collxml" xml:lang="en" authors="Ada Reed ,Tom Lund">
  <metadata><md:title>Rivers</md:title><md:language>en</md:language>
    <md:license url="http://creativecommons.org/licenses/by/4.0/">Creative Commons Attribution License</md:license>
    <md:slug>rivers</md:slug></metadata>
  <col:content>
    <col:module document="m1"/>
    <col:subcollection><md:title>Part One</md:title><col:content>
      <col:subcollection><md:title>Where Rivers Begin</md:title><col:content>
        <col:module document="m2"/><col:module document="m3"/></col:content></col:subcollection>
      <col:subcollection><md:title>How Rivers Flow</md:title><col:content>
        <col:module document="m4"/><col:module document="m5"/></col:content></col:subcollection>
    </col:content></col:subcollection>
    <col:module document="m6"/>
  </col:content>
</col:collection>"""


def module(title: str, content: str, *, cls: str = "", abstract: str = "", after: str = "") -> str:
    """One CNXML module."""
    named = f' class="{cls}"' if cls else ""
    return f"""<?xml version="1.0"?>
<document xmlns="http://cnx.rice.edu/cnxml" xmlns:md="http://cnx.rice.edu/mdml" xmlns:m="http://www.w3.org/1998/Math/MathML"{named}>
<title>{title}</title><metadata><md:title>{title}</md:title><md:uuid>a b c</md:uuid><md:abstract>{abstract}</md:abstract></metadata>
<content>{content}</content>{after}</document>"""


SPRINGS = module("Springs", """
<note class="learning-objectives"><title>Objectives</title><para>You will be able to do this:</para>
  <list><item>Find a <term>spring</term> on a map</item><item>Say why it flows</item></list></note>
<note class="os\u2010teacher"><title>Teacher Support</title><para>Ask the class about wells.</para></note>
<section><title>Ground water</title>
  <para id="p">Rain sinks at <emphasis>v</emphasis><sub>0</sub> = 3 m/s<sup>2</sup>, as <link target-id="f1"/> shows
    (see <link document="m4"/>).<footnote>Only in sand.</footnote>
    <list><item>sand</item><item>clay</item></list> The rest runs off.</para>
  <figure id="f1"><media alt="A hill cut open, water under it."><image src="x.jpg"/></media><caption>Below a hill.</caption></figure>
  <table summary="ignored"><tgroup cols="2"><thead><row><entry>Soil</entry><entry>Speed</entry></row></thead>
    <tbody><row><entry>sand</entry><entry>fast</entry></row></tbody></tgroup></table>
  <equation><m:math><m:mi>Q</m:mi><m:mo>=</m:mo><m:mi>k</m:mi><m:mfrac><m:mi>h</m:mi><m:mi>l</m:mi></m:mfrac></m:math></equation>
  <note class="worked-example"><title>A well</title><exercise><problem><para>How deep must it be?</para></problem>
    <solution><para>Deeper than the water table.</para></solution></exercise>
    <exercise class="os-exercise grasp-check"><problem><para>And in clay?</para></problem>
    <solution><para>SECRETGRASP</para></solution></exercise></note>
</section>
<section class="summary"><title>Summary</title><para>Springs are ground water.</para></section>
<section class="problems"><title>Problems</title>
  <exercise><problem><para>Why is a spring cold?</para><list><item>depth</item><item>shade</item></list>
    <note class="os-teacher"><para>Hint for teachers.</para></note></problem>
    <solution><para>SECRETANSWER</para></solution></exercise>
  <exercise id="e9"><problem><para><link url="#elsewhere"/></para></problem></exercise></section>
""", after="""<glossary><definition><term>spring</term><meaning>where ground water comes out</meaning></definition></glossary>""")
MODULES = {
    "m1": module("Preface", "<para>Welcome to this book about rivers.</para>", cls="preface"),
    "m2": module("Introduction", "<para>Every river begins somewhere high.</para>", cls="introduction"),
    "m3": SPRINGS,
    "m4": module("Introduction", "<para>Water runs downhill.</para>", cls="introduction"),
    "m5": module("Current", "<section><title>Speed</title><para>It is fastest in the middle.</para></section>",
                 abstract="In this section: <list><item>Measure a current</item></list>"),
    "m6": module("Tables", "<para>One mile is 1.609 km.</para>"),
}
LICENCE = "Attribution 4.0 International\n\n=====\n"


def files() -> dict[str, str]:
    """The files of the repository."""
    return {"LICENSE": LICENCE, "collections/rivers.collection.xml": COLLECTION, "media/photo.jpg": "not read",
            **{f"modules/{key}/index.cnxml": text for key, text in MODULES.items()}}


def folder(home: Path, contents: Mapping[str, str]) -> Path:
    """A checkout."""
    for name, text in contents.items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text(text, encoding="utf-8")
    return home


def tarred(path: Path, contents: Mapping[str, str], *, commit: str = "") -> Path:
    """A .tar.gz, as a code host makes it."""
    headers = {"comment": commit} if commit else None
    with tarfile.open(path, "w:gz", format=tarfile.PAX_FORMAT, pax_headers=headers) as archive:
        for name, text in contents.items():
            member = tarfile.TarInfo(name)
            member.size = len(text.encode())
            archive.addfile(member, io.BytesIO(text.encode()))
    return path


def zipped(path: Path, contents: Mapping[str, str], *, commit: str = "") -> Path:
    """A .zip, as a code host makes it."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.comment = commit.encode()
        for name, text in contents.items():
            archive.writestr(name, text)
    return path

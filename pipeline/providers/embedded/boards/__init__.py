"""Boards: a scene -> its drawing, whole or layer by layer.

Everything is drawn by Typst from the templates of this package, with fonts that come as Python packages; the words of
a scene reach the templates as data, never as source. Nothing here knows about time: when a layer comes and goes is
said in words (`motion`, `part`, `delay`, `until`) that the film turns into seconds.
"""

from pipeline.providers.embedded.boards.drawing import TEMPLATES, Footer, Layer, draw_layers, draw_still

__all__ = ["TEMPLATES", "Footer", "Layer", "draw_layers", "draw_still"]

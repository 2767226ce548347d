"""The pulled MiniLM -> the same network with attention, normalisation and activation each as one operator.

As it was exported every step of the attention is an operator of its own and its result is searched for NaN: a passage takes
1.4 times as long, a query 1.9 times. Weights and arithmetic (float32) are the same, and so are the vectors but for rounding.
The copy takes one text at a time, without padding: `input_ids` of [1, tokens] -> states of [1, tokens, width].
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import OperatorError
from pipeline.models.derived import Make, derived

if TYPE_CHECKING:
    import onnx

HEADS, EPSILON, OPSET, IR_VERSION = 12, 1e-12, 17, 8
OURS, FUSED = "", "com.microsoft"
"""The domains of ONNX itself and of onnxruntime's own operators."""
EMBEDDINGS, LAYER = "inner.embeddings", "inner.encoder.layer.{}"
Weights = Mapping[str, NDArray[Any]]


def fused(network: Path, folder: Path, fuse: Make) -> Path:
    """The fused copy in `folder`, its tokenizer beside it."""
    return derived(network, network.with_name("tokenizer.json"), folder, fuse)


def fuse_network(network: Path, target: Path) -> None:
    """Write the network anew from the weights of the exported one."""
    try:
        import onnx
    except ImportError as fault:
        raise OperatorError("The embedding model needs a package: pip install onnx") from fault
    try:
        made = _Network(_weights(onnx.load(network))).made()
    except OSError:
        raise
    except Exception as fault:  # protobuf, onnx and a weight that is not there each raise their own kind
        raise OperatorError(f"{network} is not the MiniLM that the catalogue names: {fault!r}") from fault
    onnx.save(made, target)


def _weights(model: "onnx.ModelProto") -> Weights:
    """Every weight by its name, and the 8-bit ones once more as float32; the exporter has numbered the matrices."""
    from onnx import numpy_helper

    found = {one.name: numpy_helper.to_array(one) for one in model.graph.initializer}
    scaled = {name.removesuffix("_scale"): found[f"{name.removesuffix('_scale')}_q"].astype(np.float32) * one
              for name, one in found.items() if name.endswith("_scale")}
    return {**found, **scaled, **{name: scaled[number] for name, number in _matrices(model)}}


def _matrices(model: "onnx.ModelProto") -> Iterator[tuple[str, str]]:
    """The layer of each numbered matrix: it is multiplied where the layer's bias is added."""
    products = {node.output[0]: node.input[1] for node in model.graph.node if node.op_type == "MatMul"}
    for node in model.graph.node:
        if node.op_type == "Add":
            biases = [name for name in node.input if name.endswith(".bias")]
            yield from ((f"{bias.removesuffix('.bias')}.weight", products[name])
                        for bias in biases for name in node.input if name in products)


class _Network:
    """BERT's encoder (Devlin et al., 2019), operator by operator."""

    def __init__(self, weights: Weights) -> None:
        from onnx import TensorProto, helper, numpy_helper

        self._weights, self._helper, self._numpy, self._proto = weights, helper, numpy_helper, TensorProto
        self._nodes: list[onnx.NodeProto] = []
        self._kept: dict[str, onnx.TensorProto] = {}

    def made(self) -> "onnx.ModelProto":
        """The whole network."""
        states = self._embedded()
        layers = sum(name.endswith("intermediate.dense.bias") for name in self._weights)
        for number in range(layers):
            states = self._fed_forward(LAYER.format(number), self._attended(LAYER.format(number), states))
        shape, tell = ["one", "tokens"], self._helper.make_tensor_value_info
        graph = self._helper.make_graph(
            self._nodes, "minilm", [tell("input_ids", self._proto.INT64, shape)],
            [tell(states, self._proto.FLOAT, [*shape, "width"])], list(self._kept.values()))
        sets = [self._helper.make_opsetid(OURS, OPSET), self._helper.make_opsetid(FUSED, 1)]
        return self._helper.make_model(graph, opset_imports=sets, ir_version=IR_VERSION)

    def _embedded(self) -> str:
        """Word and place; the kind of token is always the first."""
        places = self._weights[f"{EMBEDDINGS}.position_embeddings.weight"]
        kind = self._weights[f"{EMBEDDINGS}.token_type_embeddings.weight"][0]
        rows, scales = (self._add("Gather", self._weight(f"{EMBEDDINGS}.word_embeddings.weight_{part}"), "input_ids")
                        for part in ("q", "scale"))  # half of all weights, and few are looked up: they stay 8 bit
        words = self._add("Mul", self._add("Cast", rows, to=self._proto.FLOAT), scales)
        count = self._add("Shape", "input_ids", start=1)
        first = self._keep("first", np.zeros(1, dtype=np.int64))
        place = self._add("Slice", self._keep("places", places + kind), first, count)
        return self._add("LayerNormalization", self._add("Add", words, place), self._weight(f"{EMBEDDINGS}.LayerNorm.weight"),
                         self._weight(f"{EMBEDDINGS}.LayerNorm.bias"), epsilon=EPSILON)

    def _attended(self, layer: str, states: str) -> str:
        parts = [self._add("Add", self._times(f"{layer}.attention.self.{part}", states),
                           self._weight(f"{layer}.attention.self.{part}.bias")) for part in ("query", "key", "value")]
        heads = self._add("MultiHeadAttention", *parts, domain=FUSED, num_heads=HEADS)
        return self._normalised(f"{layer}.attention.output", heads, states)

    def _fed_forward(self, layer: str, states: str) -> str:
        wide = self._times(f"{layer}.intermediate.dense", states)
        bent = self._add("BiasGelu", wide, self._weight(f"{layer}.intermediate.dense.bias"), domain=FUSED)
        return self._normalised(f"{layer}.output", bent, states)

    def _normalised(self, block: str, inside: str, around: str) -> str:
        """The output of a block added to what went in."""
        weights = [self._weight(f"{block}.{name}") for name in ("LayerNorm.weight", "LayerNorm.bias", "dense.bias")]
        return self._add("SkipLayerNormalization", self._times(f"{block}.dense", inside), around, *weights,
                         domain=FUSED, epsilon=EPSILON)

    def _times(self, layer: str, states: str) -> str:
        return self._add("MatMul", states, self._weight(f"{layer}.weight"))

    def _weight(self, name: str) -> str:
        return self._keep(name, self._weights[name])

    def _keep(self, name: str, values: NDArray[np.generic]) -> str:
        self._kept[name] = self._numpy.from_array(np.ascontiguousarray(values), name)
        return name

    def _add(self, kind: str, *inputs: str, domain: str = OURS, **settings: Any) -> str:
        output = f"{kind}_{len(self._nodes)}"
        self._nodes.append(self._helper.make_node(kind, inputs, [output], domain=domain, **settings))
        return output

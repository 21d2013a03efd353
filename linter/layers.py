"""torch.nn's own classes: which have parameters, which behave differently in training and evaluation."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import NamedTuple

from .index import Index


class Traits(NamedTuple):
    """What a layer is. None: this cannot be known.

    parameters: it holds some that are trained. mode: train() and eval() change what it computes.
    """

    parameters: bool | None
    mode: bool | None


UNKNOWN = Traits(None, None)
PLAIN = Traits(parameters=False, mode=False)
_WEIGHTED = Traits(parameters=True, mode=False)
_NORM = Traits(parameters=True, mode=True)

CONTAINERS = frozenset({"Sequential", "ModuleList", "ModuleDict"})
PARAMETER_CONTAINERS = frozenset({"ParameterList", "ParameterDict"})
_DROPOUTS = frozenset("Dropout Dropout1d Dropout2d Dropout3d AlphaDropout FeatureAlphaDropout".split())
_NORMS = frozenset("BatchNorm1d BatchNorm2d BatchNorm3d SyncBatchNorm LazyBatchNorm1d LazyBatchNorm2d".split())
_INSTANCE_NORMS = frozenset("InstanceNorm1d InstanceNorm2d InstanceNorm3d".split())
_RECURRENT = frozenset("RNN LSTM GRU".split())
_DROPPING = frozenset(
    "Transformer TransformerEncoder TransformerDecoder TransformerEncoderLayer TransformerDecoderLayer "
    "MultiheadAttention".split()
)
_WEIGHTS = frozenset(
    "Linear Bilinear LazyLinear Conv1d Conv2d Conv3d ConvTranspose1d ConvTranspose2d ConvTranspose3d LazyConv1d "
    "LazyConv2d LazyConv3d Embedding EmbeddingBag PReLU LayerNorm GroupNorm RMSNorm RNNCell LSTMCell GRUCell "
    "AdaptiveLogSoftmaxWithLoss".split()
)
_WITHOUT = frozenset(
    "Identity Flatten Unflatten Fold Unfold Upsample UpsamplingNearest2d UpsamplingBilinear2d PixelShuffle "
    "PixelUnshuffle ChannelShuffle CosineSimilarity PairwiseDistance LocalResponseNorm CrossMapLRN2d "
    "ReLU ReLU6 ELU SELU CELU GELU GLU LeakyReLU SiLU Mish Hardswish Hardsigmoid Hardtanh Hardshrink Softshrink "
    "Tanhshrink Sigmoid LogSigmoid Tanh Softplus Softsign Softmax Softmax2d LogSoftmax Softmin Threshold "
    "MaxPool1d MaxPool2d MaxPool3d MaxUnpool1d MaxUnpool2d MaxUnpool3d AvgPool1d AvgPool2d AvgPool3d LPPool1d LPPool2d "
    "AdaptiveAvgPool1d AdaptiveAvgPool2d AdaptiveAvgPool3d AdaptiveMaxPool1d AdaptiveMaxPool2d AdaptiveMaxPool3d "
    "ZeroPad1d ZeroPad2d ZeroPad3d ConstantPad1d ConstantPad2d ConstantPad3d ReflectionPad1d ReflectionPad2d "
    "ReflectionPad3d ReplicationPad1d ReplicationPad2d ReplicationPad3d CircularPad1d CircularPad2d "
    "L1Loss MSELoss CrossEntropyLoss CTCLoss NLLLoss NLLLoss2d PoissonNLLLoss GaussianNLLLoss KLDivLoss BCELoss "
    "BCEWithLogitsLoss MarginRankingLoss HingeEmbeddingLoss MultiLabelMarginLoss HuberLoss SmoothL1Loss SoftMarginLoss "
    "MultiLabelSoftMarginLoss CosineEmbeddingLoss MultiMarginLoss TripletMarginLoss "
    "TripletMarginWithDistanceLoss".split()
)
_WRAPPERS = frozenset({"DataParallel", "DistributedDataParallel"})
_MIXED = frozenset({"RReLU", "FractionalMaxPool2d", "FractionalMaxPool3d"})
_KNOWN = (
    CONTAINERS | PARAMETER_CONTAINERS | _DROPOUTS | _NORMS | _INSTANCE_NORMS | _RECURRENT | _DROPPING | _WEIGHTS
) | (_WITHOUT | _WRAPPERS | _MIXED)


def known_layer(name: str) -> bool:
    """Is this the name of a class of torch.nn that is a module? (`Linear`, not `nn.Linear`)"""
    return name in _KNOWN


def layer_of(path: str, index: Index) -> str | None:
    """The class of torch.nn that a dotted name stands for in this file: `nn.Linear` -> "Linear"; else None.

    Where the file does not import `nn` (a piece of a notebook), nn is torch's.
    """
    full = index.full_name(path)
    head, _, last = full.rpartition(".")
    if last not in _KNOWN:
        return None
    if not head:
        return last if full not in index.classes and "torch.nn" in index.starred else None
    torch = head in ("torch.nn", "nn", "torch.nn.parallel") or head.startswith("torch.nn.modules")
    return last if torch else None


def is_dropout(layer: str | None) -> bool:
    """Is this one of torch.nn's dropout classes?"""
    return layer in _DROPOUTS


def literal_on(value: ast.expr) -> bool | None:
    """Is this rate above zero, this switch on? None: it is not written as a literal."""
    return bool(value.value) if isinstance(value, ast.Constant) else None


def traits_of_layer(layer: str, call: ast.Call, is_on: Callable[[ast.expr], bool | None] = literal_on) -> Traits:
    """The traits of a layer of torch.nn as it is built by this call. Containers: as if empty.

    is_on: tells whether a rate or a switch that is given is on, None where that cannot be told.
    """
    if layer in _WEIGHTS or layer in PARAMETER_CONTAINERS:
        return _WEIGHTED
    if layer in _WITHOUT or layer in CONTAINERS:
        return PLAIN
    if layer in _NORMS:
        return _NORM
    given = _switch(call, is_on)
    if layer in _DROPOUTS:
        return Traits(parameters=False, mode=given(0, "p", True))
    if layer in _INSTANCE_NORMS:
        return Traits(given(3, "affine", False), given(4, "track_running_stats", False))
    if layer in _RECURRENT:
        return Traits(parameters=True, mode=given(None, "dropout", False))
    if layer == "MultiheadAttention":
        return Traits(parameters=True, mode=given(2, "dropout", False))
    if layer in ("TransformerEncoder", "TransformerDecoder"):  # what the layer they are given does
        return Traits(parameters=True, mode=None)
    if layer in _DROPPING:
        return Traits(parameters=True, mode=given(None, "dropout", True))
    return UNKNOWN


def _switch(call: ast.Call, is_on: Callable[[ast.expr], bool | None]) -> Callable[[int | None, str, bool], bool | None]:
    """Reads one argument of a call, by position or keyword, as on or off; its default if it is not given."""

    def given(position: int | None, keyword: str, default: bool) -> bool | None:
        if any(k.arg is None for k in call.keywords) or any(isinstance(a, ast.Starred) for a in call.args):
            return None
        for argument in call.keywords:
            if argument.arg == keyword:
                return is_on(argument.value)
        if position is not None and len(call.args) > position:
            return is_on(call.args[position])
        return default

    return given

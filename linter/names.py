"""What a name says: the field's own vocabulary for optimizers, schedulers, losses and harmless helpers.

Used only where binding does not tell. A finding that rests on a guess made here is "likely", not "certain".
"""

from __future__ import annotations

import re
from functools import cache

OPTIMIZER_CLASSES = frozenset(
    "SGD Adam AdamW Adamax NAdam RAdam SparseAdam Adagrad Adadelta Adafactor ASGD LBFGS RMSprop Rprop Muon Lion LAMB LARS "
    "Lamb Lars FusedAdam FusedLAMB FusedSGD Adam8bit AdamW8bit PagedAdamW8bit Sophia SophiaG Prodigy DAdaptAdam "
    "Lookahead Ranger RangerLars BertAdam AdaBelief AdaBound AdaHessian Shampoo SOAP MADGRAD NovoGrad Yogi SM3 QHAdam "
    "AdamP SGDP DeepSpeedCPUAdam HybridAdam CPUAdam ScheduleFreeWrapper AdamWScheduleFree SGDScheduleFree".split()
)

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_OPTIMIZER_WORDS = frozenset({"opt", "opts", "optim", "optims", "optimizer", "optimizers", "optimiser", "optimisers"})
_NOT_OPTIMIZER = re.compile(
    r"sched|warm|lr$|_lr_|^lr_|env|prof|ema|logger|tracker|simul|world|scaler|option|args|config|cfg|param|state|path|"
    r"name|type|kwargs|cls|class|dict|flag|cons|value|step|loss",
    re.IGNORECASE,
)
_SCHEDULER = re.compile(r"sched|warm_?up|plateau|cosine|anneal|one_?cycle|(step|cyclic|lambda|exponential)_?lr|lr_?decay", re.I)
_LOSS_WORDS = frozenset({"loss", "losses", "cost", "err", "error", "objective", "elbo", "nll", "criterion", "mse", "kl"})
_HARMLESS = re.compile(
    r"lr|learning_rate|sched|warm|cosine|anneal|decay|log|save|checkpoint|load|resume|restore|print|summary|str|repr|len|"
    r"isinstance|type|id|hasattr|getattr|prepare|initialize|setup|distribute|broadcast|unscale|clip|grad_norm|"
    r"state_dict|wandb|writer|scalar|append|extend|add|format|dump|json|profile|eval|valid|test|early_?stop|current|"
    r"momentum|hyper|size|count|memory|debug|info|warn|register|enumerate|zip|range|iter|list|tuple|dict|set|"
    r"accelerate|convert|watch|scale_loss|autocast|deepcopy|get_|is_|no_sync|accumulate|register",
    re.IGNORECASE,
)
_HIDES_PROTOCOL = re.compile(
    r"backward|back_?prop|zero_?grad|clear_?grad|reset_?grad|forward_?backward|train_?(step|batch|iter|one|epoch|on)|"
    r"optimi[sz]e(?!r)|(update|learn)_?(model|net|param|weight|polic|critic|actor|gen|disc|d$|g$)|"
    r"run_?(step|batch|iter)|^(fit|learn)$|(^|_)fit(_|$)|apply_grad|set_grads?$|accumulate_grad",
    re.IGNORECASE,
)
_CLEARS = re.compile(r"(zero|clear|reset|null|none|wipe)_?(the_|all_)?grad", re.IGNORECASE)
_COMPUTES = re.compile(r"step|run|process|iter|epoch|fit|train|update|learn|optimi|grad|backward|play|collect", re.IGNORECASE)


def words(name: str) -> list[str]:
    """`optimizer_G` -> ["optimizer", "g"]; `netDOpt` -> ["net", "d", "opt"]."""
    return [w.lower() for w in _WORDS.findall(name)]


@cache
def is_optimizer(name: str) -> bool:
    """Does the last part of a dotted name say "optimizer"? Scheduler words win."""
    return not _NOT_OPTIMIZER.search(name) and any(
        w in _OPTIMIZER_WORDS or (w.startswith("optim") and w != "optimal") for w in words(name)
    )


@cache
def is_scheduler(name: str) -> bool:
    return bool(_SCHEDULER.search(name))


@cache
def is_loss(name: str) -> bool:
    found = words(name)
    return any(w in _LOSS_WORDS or w.endswith("loss") for w in found)


@cache
def is_harmless(name: str) -> bool:
    """A callee that may be given an optimizer and will neither clear, nor step, nor run a backward."""
    return bool(_HARMLESS.search(name)) and not _HIDES_PROTOCOL.search(name)


@cache
def hides_protocol(name: str) -> bool:
    """A callee whose name says that it may clear, run a backward or step."""
    return bool(_HIDES_PROTOCOL.search(name))


@cache
def clears_gradients(name: str) -> bool:
    return bool(_CLEARS.search(name))


@cache
def only_computes(name: str) -> bool:
    """A callee that may compute a loss and, going by its name, nothing more."""
    return not _COMPUTES.search(name)


def is_class_name(name: str) -> bool:
    """`AverageMeter`, `SGD`, `nn.MSELoss`: by convention a class, so calling it builds an object."""
    return name[:1].isupper()

"""What a name says: the field's own vocabulary for optimizers, schedulers, losses and harmless helpers.

Used only where binding does not tell. A finding that rests on a guess made here is "likely", not "certain".
"""

from __future__ import annotations

import re
from functools import cache

OPTIMIZER_CLASSES = frozenset(
    "SGD Adam AdamW Adamax NAdam RAdam SparseAdam Adagrad Adadelta Adafactor ASGD LBFGS RMSprop Rprop Muon "
    "Lion LAMB LARS Lamb Lars FusedAdam FusedLAMB FusedSGD Adam8bit AdamW8bit PagedAdamW8bit Sophia SophiaG "
    "Prodigy DAdaptAdam Lookahead Ranger RangerLars BertAdam AdaBelief AdaBound AdaHessian Shampoo SOAP "
    "MADGRAD NovoGrad Yogi SM3 QHAdam AdamP SGDP DeepSpeedCPUAdam HybridAdam CPUAdam ScheduleFreeWrapper "
    "AdamWScheduleFree SGDScheduleFree".split()
)

SAME_FUNCTION = frozenset({"partial", "compile", "script", "jit", "wraps", "disable"})
"""Callees that are given a function and return one that does the same."""

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_OPTIMIZER_WORDS = frozenset({"opt", "opts", "optim", "optims", "optimizer", "optimizers", "optimiser", "optimisers"})
_NOT_OPTIMIZER_WORDS = frozenset(
    "sched scheduler schedulers schedule warm warmup lr lrs env envs prof profiler ema logger tracker "
    "simulator world scaler option options args arg config configs cfg conf param params parameters state "
    "states path name names type kwargs cls class dict flag flags constructor step steps loss losses fn func "
    "factory group groups".split()
)
_SCHEDULER = re.compile(
    r"sched|warm_?up|plateau|cosine|anneal|one_?cycle|(step|cyclic|lambda|exponential)_?lr|lr_?decay", re.IGNORECASE
)
_LOSS_WORDS = frozenset("loss losses cost err error objective elbo nll mse kl".split())
_CRITERION_WORDS = frozenset({"criterion", "criterions", "criteria", "crit"})
_HARMLESS_WORDS = frozenset(
    "lr lrs rate sched scheduler schedule warm warmup cosine annealing anneal decay log logs logger logging "
    "save saver saves checkpoint checkpoints ckpt load loads loader resume restore print summary str repr len "
    "isinstance type id hasattr getattr prepare setup distribute broadcast unscale clip norm state dict states "
    "wandb writer scalar append extend add format dump dumps json profile eval evaluate validate valid val "
    "validation test early stopping current momentum size count memory debug info warn warning register "
    "enumerate zip range iter list tuple set convert watch scale autocast deepcopy copy get is has no sync "
    "accumulate accumulation export plot draw show tqdm snapshot metric metrics".split()
)
_MODEL_WORDS = frozenset(
    "model models net nets network networks generator discriminator gen disc encoder decoder actor critic policy "
    "classifier backbone autoencoder vae gan unet resnet rnn lstm gru transformer netd netg module mlp cnn gcn "
    "discrim student teacher embedding embedder".split()
)
_NOT_MODEL_WORDS = frozenset(
    "config configs cfg conf param params args name names path paths type cls class dir file loss optimizer opt lr "
    "scheduler engine state fn func builder factory output outputs out size dim id".split()
)
_MODE_WORDS = frozenset(
    "train training eval evaluate evaluation evaluating test testing infer inference val valid validation predict "
    "prediction sample sampling mode deterministic stochastic mc mcdropout bayesian uncertainty".split()
)
_NOTES_DOWN_WORDS = frozenset(
    "update write put push report track record note collect item gather reduce barrier insert send postfix "
    "description hist histogram add extend print display store monitor".split()
)
_HIDES_PROTOCOL = re.compile(
    r"(?<!no_)backward|back_?prop|zero_?grad|clear_?grad|reset_?grad|forward_?backward|train_?(step|batch|iter|one|epoch|on)|"
    r"optimi[sz]e(?!r)|(update|learn)_?(model|net|param|weight|polic|critic|actor|gen|disc|d$|g$)|"
    r"run_?(step|batch|iter)|^(fit|learn)$|(^|_)fit(_|$)|apply_grad|set_grads?$|accumulate_grad",
    re.IGNORECASE,
)
_CLEARS = re.compile(r"(zero|clear|reset|null|none|wipe)_?(the_|all_)?grad", re.IGNORECASE)
_CHANGES_GRADIENTS_WORDS = frozenset(
    "clip avg average mean allreduce reduce sync synchronize norm scale unscale".split()
)
_DOES_MORE_WORDS = frozenset(
    "step steps run process iter iterate iteration epoch fit train training update learn learning optimize "
    "optimise grad grads gradient gradients backward backprop play collect batch closure".split()
)


def words(name: str) -> list[str]:
    """`optimizer_G` -> ["optimizer", "g"]; `netDOpt` -> ["net", "d", "opt"]."""
    return [w.lower() for w in _WORDS.findall(name)]


@cache
def is_optimizer(name: str) -> bool:
    """Does the last part of a dotted name say "optimizer"? Scheduler words win."""
    found = words(name)
    if _NOT_OPTIMIZER_WORDS.intersection(found) or is_scheduler(name):
        return False
    return any(w in _OPTIMIZER_WORDS or (w.startswith("optimi") and w not in ("optimal", "optimum")) for w in found)


@cache
def is_scheduler(name: str) -> bool:
    """Does this name say "learning-rate scheduler"?"""
    return bool(_SCHEDULER.search(name))


@cache
def is_loss(name: str) -> bool:
    """Does this name say "loss"? (`g_loss`, `lossD`, `errG`)"""
    return any(w in _LOSS_WORDS or w.endswith("loss") for w in words(name))


@cache
def is_criterion(name: str) -> bool:
    """Does this callee's name say that it computes a loss?"""
    return is_loss(name) or not _CRITERION_WORDS.isdisjoint(words(name)) or "cross_entropy" in name


@cache
def is_harmless(name: str) -> bool:
    """A callee that may be given an optimizer and will neither clear, nor step, nor run a backward."""
    return not _HARMLESS_WORDS.isdisjoint(words(name)) and not hides_protocol(name)


@cache
def is_model(name: str) -> bool:
    """Does this name say "model"? (`net`, `netD`, `value_net`, `generator`)"""
    found = words(name)
    return not _MODEL_WORDS.isdisjoint(found) and _NOT_MODEL_WORDS.isdisjoint(found)


@cache
def says_mode(name: str) -> bool:
    """Does this name tell training from evaluation? (`training`, `is_train`, `mc_dropout`)"""
    return not _MODE_WORDS.isdisjoint(words(name))


@cache
def hides_protocol(name: str) -> bool:
    """A callee whose name says that it may clear, run a backward or step."""
    return bool(_HIDES_PROTOCOL.search(name))


@cache
def may_propagate(name: str) -> bool:
    """A callee that is given a loss, and is not known to just write it down."""
    return _NOTES_DOWN_WORDS.isdisjoint(words(name)) and not is_harmless(name)


@cache
def may_set_gradients(name: str) -> bool:
    """A callee that is given a model, gives nothing back, and is not known to leave the gradients alone."""
    found = words(name)
    if not _CHANGES_GRADIENTS_WORDS.isdisjoint(found):
        return False
    return not {"grad", "grads", "gradient", "gradients"}.isdisjoint(found) or (
        _NOTES_DOWN_WORDS.isdisjoint(found) and (_HARMLESS_WORDS - {"load", "set", "copy"}).isdisjoint(found)
    )


@cache
def clears_gradients(name: str) -> bool:
    """A callee whose name says that it clears gradients."""
    return bool(_CLEARS.search(name))


@cache
def only_computes(name: str) -> bool:
    """A callee that may compute a loss and, going by its name, nothing more."""
    return _DOES_MORE_WORDS.isdisjoint(words(name))


_METER_WORDS = frozenset(
    "meter meters metric metrics avg average averager averages tracker trackers monitor monitors logger writer "
    "accumulator aggregator recorder statistics running smoothed ema".split()
)


@cache
def may_be_list(name: str) -> bool:
    """Something that has append() and is nowhere seen to be made: does its name leave it open that it is a list?"""
    return _METER_WORDS.isdisjoint(words(name))


_SWITCHES = re.compile(
    r"eval|train|test|valid|infer|predict|generat|sampl|mode|freez|(^|_)bn|norm|(^|_)fit|bench|score|metric|accura|loop|main|"
    r"epoch|(^|_)run|step|enable|disable",
    re.IGNORECASE,
)


@cache
def may_switch_mode(name: str) -> bool:
    """A callee that is given a module and may leave it in another mode."""
    return bool(_SWITCHES.search(name))


def is_class_name(name: str) -> bool:
    """`AverageMeter`, `SGD`, `nn.MSELoss`: by convention a class, so calling it builds an object."""
    return name[:1].isupper()

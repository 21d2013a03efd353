"""The model is in eval mode where its gradients are computed."""

from ..events import Event, Kind
from ..facts.mode import TrainedIn
from ..findings import Severity
from ..intents import Role, insert, rename_method
from ..machine import State
from . import Card, Rule, Told

CARD = Card(
    code="LC201",
    name="training-in-eval-mode",
    title="the model is in eval mode while it is trained",
    by_reading="Follows train() and eval() of each model, around the loop and into helpers of the same file. Told if "
    "a step uses the gradients and eval mode holds on every path. Silent for frozen models, and where code in "
    "another file may switch the mode.",
    by_running="Needs a model with dropout or batch norm. A backward() in eval mode is remembered, and told when the "
    "optimizer has stepped on what it brought for the second time: before that it may be an attack or a saliency "
    "map.",
    why="In eval mode dropout does nothing and batch norm uses its stored averages and no longer updates them. The "
    "loss still falls, but without regularisation, and the stored averages stay what they were.",
    bad="""
        for epoch in range(2):
            for x, y in batches:
                optimizer.zero_grad()
                loss = loss_fn(model(x), y)
                loss.backward()
                optimizer.step()
            model.eval()
            with torch.no_grad():
                print(loss_fn(model(x), y).item())
    """,
    good="""
        for epoch in range(2):
            model.train()
            for x, y in batches:
                optimizer.zero_grad()
                loss = loss_fn(model(x), y)
                loss.backward()
                optimizer.step()
            model.eval()
            with torch.no_grad():
                print(loss_fn(model(x), y).item())
    """,
    legal="A frozen teacher or feature extractor is kept in eval mode, and gradients with respect to an input "
    "(attacks, saliency) are taken in eval mode.",
    how_to_fix="Call model.train() before the training loop of each epoch, or at the end of the evaluation.",
    severity=Severity.ERROR,
    anchor="loss.backward()",
    remedies=(
        (rename_method(Role.WRONG_MODE, "eval", "train"),),
        (insert("{subject}.train()", before=Role.ANNOUNCED),),
        (insert("{subject}.train()", before=Role.OTHER_TRAIN),),
        (insert("{subject}.train()", before=Role.EPOCH_START),),
        (insert("{subject}.train()", before=Role.FUNCTION_START),),
        (insert("{subject}.train()", before=Role.LOOP),),
        (insert("{subject}.train()", before=Role.LOOP_START),),
    ),
    safe_fix=True,
)


def broken(state: State, event: Event) -> bool | None:
    facts = event.facts
    if not isinstance(facts, TrainedIn) or facts.training is None:
        return None
    return not facts.training


def told(state: State, event: Event) -> Told:
    facts = event.facts
    assert isinstance(facts, TrainedIn)
    return Told(
        "{subject} is in eval mode here: eval() was called and no train() since",
        event.mark,
        (("eval() is called here", facts.set_at),),
    )


RULE = Rule(CARD, (Kind.BACKWARD,), broken, told)

"""Fixes that would break something else, and what is done instead. Each case was met in somebody's code."""

from __future__ import annotations

from textwrap import dedent, indent

import pytest

from loopcheck.linter import lint_source
from loopcheck.linter.mending import mended
from loopcheck.settings import Settings

HEAD = "import torch\nfrom torch import nn\n\n\n"


def fixed(source: str, *, unsafe: bool = False, settings: Settings | None = None) -> str:
    """What a text becomes."""
    content = mended(source, "a.py", settings or Settings(), unsafe=unsafe).content
    assert isinstance(content, str)
    return content


def in_loop(body: str, before: str = "", after: str = "", given: str = "model, optimizer, loss_fn, loader") -> str:
    """A function with a training loop."""
    parts = [indent(dedent(before).strip("\n"), "    "), "    for i, (x, y) in enumerate(loader):"]
    parts += [indent(dedent(body).strip("\n"), "        "), indent(dedent(after).strip("\n"), "    ")]
    return HEAD + f"def train({given}):\n" + "".join(f"{one}\n" for one in parts if one)


RIGHT = "optimizer.zero_grad()\nloss = loss_fn(model(x), y)\nloss.backward()\noptimizer.step()\n"


@pytest.mark.parametrize(
    ("keep", "after", "wanted"),
    [
        ("total += loss", "print(total / len(loader))", "total += loss.item()"),
        ("total += loss", "return total", "total += loss.detach()"),
        ("total += loss", 'result = {"loss": total}\nreturn result', "total += loss.detach()"),
        ("total += loss", "show(total)", "total += loss.detach()"),
        ("total += loss", 'print(f"{total / 3:.2f}")', "total += loss.item()"),
        ("losses.append(loss)", "for one in losses:\n    print(one.cpu())", "losses.append(loss.detach())"),
        ("total += loss", "print(total.item())", "total += loss.detach()"),
        ("total += loss", "mean = total / len(loader)\nprint(mean.cpu())", "total += loss.detach()"),
        ("total = total + loss", "torch.distributed.all_reduce(total)", "total = total + loss.detach()"),
        ("losses.append(loss)", "print(sum(losses) / len(losses))", "losses.append(loss.item())"),
        ("losses.append(loss)", "print(torch.stack(losses).mean())", "losses.append(loss.detach())"),
        ("losses.append(loss)", "print(torch.tensor(losses))", "losses.append(loss.item())"),
        ("total += loss * len(x)", "print(total)", "total += loss.item() * len(x)"),
    ],
)
def test_a_number_only_where_no_tensor_is_wanted(keep: str, after: str, wanted: str) -> None:
    text = in_loop(RIGHT + keep, "total, losses = 0, []", after)
    assert fixed(text) == text.replace(keep, wanted)


def test_what_callers_do_with_it_counts() -> None:
    text = in_loop(RIGHT + "total += loss", "total = 0", "return total / len(loader)")
    given = "model, optimizer, loss_fn, loader"
    used = f"{text}\n\ndef main({given}):\n    print(train({given}).item())\n"
    assert "total += loss.detach()" in fixed(text)  # who calls it is not known
    assert "total += loss.detach()" in fixed(used)
    assert "total += loss.item()" in fixed(used.replace(".item()", ""))


@pytest.mark.parametrize(
    ("losses", "wanted"),
    [
        ("loss = loss_fn(model(x), y)", "loss"),
        (
            "first_loss = loss_fn(model(x), y)\naux_loss = loss_fn(model(y), x)\nloss = first_loss + 0.1 * aux_loss",
            "loss",
        ),
        ("a_loss = loss_fn(model(x), y)\nb_loss = loss_fn(model(y), x)\ntotal = a_loss + b_loss", "total"),
        ("loss = loss_fn(model(x), y)\nloss_value = loss.item()", "loss"),
        ("loss = loss_fn(model(x), y)\navg_loss = gather(loss).mean()", "loss"),
        ("loss, info = loss_fn(model(x), y)\nextra = info['extra']", "loss"),
        ("recon_loss = loss_fn(model(x), y)\nkld = loss_fn(model(y), x)", None),
        ("value_loss = loss_fn(model(x), y)\naction_loss = loss_fn(model(y), x)", None),
        ("loss = loss_fn(model(x), y)\npsnr = -10 * torch.log10(loss)", "loss"),
        ("loss = loss_fn(model(x), y)\nprios = loss + 1e-5\nloss = loss.mean()", "loss"),
        ("losses = [loss_fn(model(x), y)]", None),
        ("a_loss = loss_fn(model(x), y)\nb_loss = loss_fn(model(y), x)", None),
    ],
)
def test_the_whole_loss_is_propagated_or_nothing(losses: str, wanted: str | None) -> None:
    text = in_loop(f"optimizer.zero_grad()\n{losses}\noptimizer.step()")
    made = f"        {wanted}.backward()\n        optimizer.step()\n" if wanted else "        optimizer.step()\n"
    assert fixed(text) == text.replace("        optimizer.step()\n", made)


def test_it_is_propagated_the_way_the_file_does_it() -> None:
    scaled = in_loop(
        "optimizer.zero_grad()\nloss = loss_fn(model(x), y)\nscaler.step(optimizer)\nscaler.update()",
        "scaler = torch.amp.GradScaler()",
    )
    assert "        scaler.scale(loss).backward()\n        scaler.step(optimizer)\n" in fixed(scaled)
    prepared = in_loop(
        "optimizer.zero_grad()\nloss = loss_fn(model(x), y)\noptimizer.step()",
        "model, optimizer, loader = accelerator.prepare(model, optimizer, loader)",
        given="accelerator, model, optimizer, loss_fn, loader",
    )
    assert "        accelerator.backward(loss)\n        optimizer.step()\n" in fixed(prepared)
    now_and_then = in_loop(
        "loss = loss_fn(model(x), y) / 4\nif (i + 1) % 4 == 0:\n    optimizer.step()\n    optimizer.zero_grad()",
        "optimizer.zero_grad()",
    )
    assert "        loss.backward()\n        if (i + 1) % 4 == 0:\n" in fixed(now_and_then)
    used = in_loop("optimizer.zero_grad()\nloss = loss_fn(model(x), y)\naverage_gradients(model)\noptimizer.step()")
    assert "        loss.backward()\n        average_gradients(model)\n" in fixed(used)


UNSCALED = "scaler.scale(loss_fn(model(x), y)).backward()\nnn.utils.clip_grad_norm_(model.parameters(), 1.0)\n"


@pytest.mark.parametrize(
    ("behind", "wanted"),
    [
        ("scaler.step(optimizer)\nscaler.update()", "scaler.unscale_(optimizer)"),
        ("scaler.unscale_(optimizer)\nscaler.step(optimizer)\nscaler.update()", "scaler.unscale_(optimizer)"),
        ("if i % 4 == 3:\n    scaler.step(optimizer)\n    scaler.update()\n    optimizer.zero_grad()", None),
        ("for one in optimizers:\n    scaler.step(one)\nscaler.update()", None),
    ],
)
def test_gradients_are_unscaled_once_and_those_of_the_next_step(behind: str, wanted: str | None) -> None:
    text = in_loop(
        f"optimizer.zero_grad()\n{UNSCALED}{behind}",
        "scaler = torch.amp.GradScaler()",
        given="model, optimizer, optimizers, loss_fn, loader",
    )
    made = fixed(text)
    assert made.count("unscale_") == (wanted is not None)
    if wanted:
        assert f"        {wanted}\n        nn.utils.clip_grad_norm_" in made


def test_a_clip_on_condition_is_unscaled_on_it_too() -> None:
    text = in_loop(
        "optimizer.zero_grad()\nscaler.scale(loss_fn(model(x), y)).backward()\n"
        "if limit is not None:\n    norm = nn.utils.clip_grad_norm_(model.parameters(), limit)\nelse:\n"
        "    norm = None\nscaler.step(optimizer)\nscaler.update()",
        "scaler = torch.amp.GradScaler()",
        given="model, optimizer, loss_fn, loader, limit",
    )
    assert "            scaler.unscale_(optimizer)\n            norm = nn.utils.clip_grad_norm_" in fixed(text)


def test_the_scaler_is_updated_where_it_steps() -> None:
    one_line = in_loop(
        "optimizer.zero_grad()\nscaler.scale(loss_fn(model(x), y)).backward()\nif i % 4 == 3: scaler.step(optimizer)",
        "scaler = torch.amp.GradScaler()",
    )
    assert "update" not in fixed(one_line)


@pytest.mark.parametrize(
    "body",
    [
        "nn.utils.clip_grad_norm_(model.parameters(), limit)\n",
        "norm = nn.utils.clip_grad_norm_(model.parameters(), 1.0)\nprint(norm)\n",
    ],
)
def test_nothing_passes_what_it_depends_on(body: str) -> None:
    late = in_loop(
        f"optimizer.zero_grad()\nloss = loss_fn(model(x), y)\nloss.backward()\noptimizer.step()\nlimit = 1.0\n{body}"
    )
    early = in_loop(
        f"optimizer.zero_grad()\nloss = loss_fn(model(x), y)\nlimit = 1.0\n{body}loss.backward()\noptimizer.step()"
    )
    for text in (late, early):
        assert "clip" in text
        moved = fixed(text)
        if "limit)" in text:
            assert moved.index("limit = 1.0") < moved.index("clip_grad_norm_")
        if "print(norm)" in text:
            assert moved.index("clip_grad_norm_") < moved.index("print(norm)")


def test_a_step_goes_behind_all_that_prepares_its_gradients() -> None:
    text = in_loop(
        "optimizer.zero_grad()\nloss = loss_fn(model(x), y)\n"
        "optimizer.step()\nloss.backward()\naverage_gradients(model)\n"
    )
    assert fixed(text).endswith("        loss.backward()\n        average_gradients(model)\n        optimizer.step()\n")


def test_what_follows_a_step_still_follows_it() -> None:
    text = in_loop(
        "optimizer.zero_grad()\nloss = loss_fn(model(x), y)\noptimizer.step()\nema.update(model)\nloss.backward()\n"
    )
    assert fixed(text).endswith("        loss.backward()\n        optimizer.step()\n        ema.update(model)\n")


SHARED = """\
def train(model, criterion, optimizer, loaders, epochs):
    for epoch in range(epochs):
        for phase in ["train", "val"]:
            model.eval()
            for x, y in loaders[phase]:
                loss = criterion(model(x), y)
                if phase == "train":
                    optimizer.zero_grad()
                    loss.backward()
                    optimizer.step()
"""


def test_a_round_that_evaluates_too_is_not_put_in_train_mode() -> None:
    assert fixed(HEAD + SHARED) == HEAD + SHARED


def test_an_evaluation_in_one_line_keeps_its_mode() -> None:
    text = in_loop(
        RIGHT,
        "model.eval()\nprint(accuracy(model(x_val), y_val))",
        given="model, optimizer, loss_fn, loader, x_val, y_val",
    )
    made = fixed(text)
    assert "model.eval()\n    print(accuracy(" in made
    assert "model.train()" in made


EVALUATION = """\
def evaluate(model, loader, attack):
    model.eval()
    for x, y in loader:
{body}
"""


@pytest.mark.parametrize(
    ("body", "wrapped"),
    [
        ("print((model(x).argmax(1) == y).sum())", True),
        ("yield model(x).argmax(1)", False),
        ("x = attack.perturb(x, y)\n    print(model(x).argmax(1))", False),
        ("x = fgsm(model, x, y)\n    print(model(x).argmax(1))", False),
    ],
)
def test_gradients_that_somebody_wants_stay(body: str, wrapped: bool) -> None:
    text = HEAD + EVALUATION.format(body=indent(body.replace("\n    ", "\n"), "        "))
    made = fixed(text)
    assert ("    with torch.no_grad():\n        for x, y in loader:" in made) == wrapped
    if not wrapped and made != text:
        assert "        with torch.no_grad():\n            print(model(x)" in made


@pytest.mark.parametrize(
    "imports",
    [
        "from typing import TYPE_CHECKING\nfrom torch import nn\nif TYPE_CHECKING:\n    import torch\n\n\n",
        "from torch import nn\n\n\n",
        "from torch import nn\n\n\nclass Box:\n    import torch\n\n\n",
    ],
)
def test_an_import_that_does_not_hold_is_none(imports: str) -> None:
    text = imports + EVALUATION.format(body="        print(model(x).argmax(1))")
    made = fixed(text)
    assert "\nimport torch\n" in f"\n{made}"
    assert made.index("import torch\n") < made.index("with torch.no_grad")


@pytest.mark.parametrize("shadow", ["torch=None", "loss"])
def test_a_shadowed_name_is_not_used(shadow: str) -> None:
    text = (HEAD + EVALUATION.format(body="        print(model(x).argmax(1))")).replace("attack", shadow)
    assert ("no_grad" in fixed(text)) == (shadow == "loss")


def test_a_method_speaks_of_its_own_object() -> None:
    text = HEAD + dedent(
        """\
        class Net(nn.Module):
            def forward(this, x):
                return nn.functional.dropout(x, 0.5)

        def train(model, optimizer, loss_fn, loader):
            for x, y in loader:
                optimizer.zero_grad()
                loss_fn(model(x), y).backward()
                optimizer.step()
        """
    )
    assert "dropout(x, 0.5, training=this.training)" in fixed(text)
    static = text.replace("    def forward(this, x)", "    @staticmethod\n    def forward(x)")
    assert fixed(static) == static


TWO_HOPS = """\
def step(net, opt, loss_fn, x, y):
    loss = loss_fn(net(x), y)
    loss.backward()
    opt.step()


def run(net, opt, loss_fn, loader):
    for x, y in loader:
        step(net, opt, loss_fn, x, y)


if __name__ == "__main__":
    model = nn.Linear(2, 2)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    run(model, optimizer, nn.MSELoss(), [])
"""


def test_an_optimizer_goes_by_the_name_it_is_handed_on_with() -> None:
    assert "    opt.zero_grad()\n    loss.backward()\n" in fixed(HEAD + TWO_HOPS)


def test_what_is_ignored_counts_when_a_fix_is_tried() -> None:
    """Clearing before each backward() would lose what was accumulated: a rule that is not asked for says so."""
    text = in_loop("loss = loss_fn(model(x), y) / 4\nloss.backward()\nif (i + 1) % 4 == 0:\n    optimizer.step()\n")
    chosen = Settings(select=("LC101",))
    assert any(one.code == "LC101" for one in lint_source(text, "a.py", chosen))
    made = fixed(text, settings=chosen)
    assert made == text or "        optimizer.step()\n            optimizer.zero_grad()" in made


def test_accumulation_by_accelerate_clears_behind_the_step() -> None:
    text = in_loop(
        "with accelerator.accumulate(model):\n"
        "    loss = loss_fn(model(x), y)\n    accelerator.backward(loss)\n    optimizer.step()",
        "model, optimizer, loader = accelerator.prepare(model, optimizer, loader)",
        given="accelerator, model, optimizer, loss_fn, loader",
    )
    assert fixed(text) == text + "            optimizer.zero_grad()\n"


@pytest.mark.parametrize(
    ("cut", "wanted"),
    [
        ("loss.detach().requires_grad_().backward()", "loss.backward()"),
        (
            "loss = loss_fn(  # ours\n    model(x),\n    y,\n).detach()\nloss.backward()",
            "loss = loss_fn(  # ours\n    model(x),\n    y,\n)\nloss.backward()",
        ),
    ],
)
def test_only_the_cut_goes(cut: str, wanted: str) -> None:
    body = (
        "optimizer.zero_grad()\nloss = loss_fn(model(x), y)\n"
        if cut.startswith("loss.det")
        else "optimizer.zero_grad()\n"
    )
    text = in_loop(f"{body}{cut}\noptimizer.step()")
    assert fixed(text) == in_loop(f"{body}{wanted}\noptimizer.step()")


@pytest.mark.parametrize(
    ("layers", "wanted"),
    [
        ("[nn.Linear(2, 2), nn.Linear(2, 2)]", "nn.ModuleList([nn.Linear(2, 2), nn.Linear(2, 2)])"),
        ("(nn.Linear(2, 2), nn.Linear(2, 2))", "nn.ModuleList((nn.Linear(2, 2), nn.Linear(2, 2)))"),
        ("nn.Linear(2, 2), nn.Linear(2, 2)", None),
    ],
)
def test_only_what_a_container_can_hold(layers: str, wanted: str | None) -> None:
    text = HEAD + dedent(
        f"""\
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.layers = {layers}

            def forward(self, x):
                for one in self.layers:
                    x = one(x)
                return x

        model = Net()
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        for x, y in batches:
            optimizer.zero_grad()
            nn.functional.mse_loss(model(x), y).backward()
            optimizer.step()
        """
    )
    assert fixed(text, unsafe=True) == text.replace(f"= {layers}\n", f"= {wanted or layers}\n")


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [("GRU", "state = state.detach()"), ("LSTM", "state = tuple(part.detach() for part in state)")],
)
def test_a_state_is_cut_as_what_it_is(kind: str, wanted: str) -> None:
    text = in_loop(
        "optimizer.zero_grad()\noutput, state = rnn(x, state)\nloss_fn(output, y).backward()\noptimizer.step()",
        f"rnn, state = nn.{kind}(2, 1), None\noptimizer = torch.optim.SGD(rnn.parameters(), lr=0.1)",
        given="loss_fn, loader",
    )
    assert fixed(text, unsafe=True) == text.replace("x, state)\n", f"x, state)\n        {wanted}\n")


GAN = """\
opt_g.zero_grad()
g_loss = loss_fn(d(g(x)), y)
g_loss.backward()
opt_g.step()
d_loss = loss_fn(d(x), y)
{first}d_loss.backward()
{second}opt_d.step()
"""


def test_gradients_of_another_round_are_cleared_too() -> None:
    """What the generator's loss has left in the discriminator must be gone before that one's own backward()."""
    late = in_loop(GAN.format(first="", second="opt_d.zero_grad()\n"), given="g, d, opt_g, opt_d, loss_fn, loader")
    right = in_loop(GAN.format(first="opt_d.zero_grad()\n", second=""), given="g, d, opt_g, opt_d, loss_fn, loader")
    assert fixed(late) == right


@pytest.mark.parametrize(
    "step",
    [
        "last = (i + 1) % 4 == 0\nloss.backward()\nif last:\n    optimizer.step()\n",
        "loss.backward()\nif not last(i):\n    continue\noptimizer.step()\n",
        "with model.no_sync():\n    loss.backward()\nif last(i):\n    optimizer.step()\n",
    ],
)
def test_what_was_accumulated_is_not_cleared(step: str) -> None:
    text = in_loop(f"loss = loss_fn(model(x), y) / 4\n{step}")
    made = fixed(text)
    assert made == text or made.index("zero_grad()") > made.index("optimizer.step()")


def test_gradients_are_unscaled_once_for_two_clips() -> None:
    clips = "".join(f"nn.utils.clip_grad_norm_(model.{part}.parameters(), 1.0)\n" for part in ("encoder", "decoder"))
    text = in_loop(
        f"optimizer.zero_grad()\nscaler.scale(loss_fn(model(x), y)).backward()\n{clips}"
        "scaler.step(optimizer)\nscaler.update()",
        "scaler = torch.amp.GradScaler()",
    )
    assert fixed(text).count("unscale_") == 1

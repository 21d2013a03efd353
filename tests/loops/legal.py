"""Legal loops, however unusual. Each runs on its own behind PREAMBLE."""

from __future__ import annotations

from itertools import product
from textwrap import dedent, indent

PREAMBLE = """\
import copy
import random

import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

random.seed(0)
torch.manual_seed(0)
data = TensorDataset(torch.randn(48, 4), torch.randn(48, 1))
classes = TensorDataset(torch.randn(48, 4), torch.randint(0, 3, (48,)))
loader, class_loader = DataLoader(data, batch_size=4), DataLoader(classes, batch_size=4, shuffle=True)


def mlp(out=1, drop=0.1):
    return nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Dropout(drop), nn.Linear(8, out))


model = mlp()
optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
loss_fn = nn.MSELoss()
"""

_CLEARS = {
    "zero_grad": "optimizer.zero_grad()",
    "zeros": "optimizer.zero_grad(set_to_none=False)",
    "model": "model.zero_grad()",
    "model_zeros": "model.zero_grad(set_to_none=False)",
    "none": "for p in model.parameters(): p.grad = None",
    "zero_": "for p in model.parameters(): p.grad is not None and p.grad.zero_()",
    "data": "for p in model.parameters(): p.grad is not None and p.grad.data.zero_()",
    "fill": "for p in model.parameters(): p.grad is not None and p.grad.fill_(0)",
    "mul": "for p in model.parameters(): p.grad is not None and p.grad.mul_(0)",
}
_ORDERS = {
    "first": "{clear}\nloss = loss_fn(model(x), y)\nloss.backward()\noptimizer.step()",
    "after_forward": "loss = loss_fn(model(x), y)\n{clear}\nloss.backward()\noptimizer.step()",
    "last": "loss = loss_fn(model(x), y)\nloss.backward()\noptimizer.step()\n{clear}",
}
_OPTIMIZERS = {
    "adam": "torch.optim.Adam(model.parameters(), lr=1e-3)",
    "adamw_fused": "torch.optim.AdamW(model.parameters(), lr=1e-3, fused=True)",
    "sgd_foreach": "torch.optim.SGD(model.parameters(), lr=1e-2, foreach=True)",
    "rmsprop": "torch.optim.RMSprop(model.parameters(), lr=1e-3)",
    "adagrad": "torch.optim.Adagrad(model.parameters(), lr=1e-2)",
    "nadam": "torch.optim.NAdam(model.parameters())",
    "radam": "torch.optim.RAdam(model.parameters())",
    "rprop": "torch.optim.Rprop(model.parameters())",
    "asgd": "torch.optim.ASGD(model.parameters())",
    "maximize": "torch.optim.SGD(model.parameters(), lr=1e-4, maximize=True)",
    "groups": "torch.optim.SGD([{'params': model[0].parameters()}, {'params': [*model[1].parameters(), "
    "*model[4].parameters()], 'lr': 0.1}], lr=0.01)",
}
_SQUEEZES = {
    "pred": "((model(x).squeeze(1) - y.squeeze(1)) ** 2).mean()",
    "view": "F.mse_loss(model(x).view(-1), y.view(-1))",
    "target": "F.l1_loss(model(x), y.squeeze(1).unsqueeze(1))",
    "pairs": "(lambda p: (p - p.T).pow(2).mean())(model(x)) + F.mse_loss(model(x), y)",
    "outer": "(lambda z: F.cross_entropy(z @ z.T, torch.arange(len(z))))(model[0](x)) + model(x).sum() * 0",
    "scalar": "(model(x) - 1.0).pow(2).mean()",
    "smooth": "F.smooth_l1_loss(model(x)[:, 0], y[:, 0])",
}
_CLASSES = {
    "ce": "F.cross_entropy(net(x), y)",
    "nll": "F.nll_loss(F.log_softmax(net(x), 1), y)",
    "nll_mixture": "F.nll_loss((0.5 * net(x).softmax(1) + 0.5 * net(x).softmax(1)).log(), y)",
    "smoothing": "F.cross_entropy(net(x), y, label_smoothing=0.1)",
    "soft_targets": "F.cross_entropy(net(x), F.one_hot(y, 3).float())",
    "kl": "F.kl_div(F.log_softmax(net(x), 1), F.one_hot(y, 3).float() * 0.9 + 0.03, reduction='batchmean')",
    "distilled": "F.kl_div(F.log_softmax(net(x), 1), F.softmax(net(x).detach() / 2, 1), reduction='batchmean')",
    "bce": "F.binary_cross_entropy(net(x).sigmoid(), F.one_hot(y, 3).float())",
    "bce_logits": "F.binary_cross_entropy_with_logits(net(x), F.one_hot(y, 3).float())",
    "weighted": "(F.cross_entropy(net(x), y, reduction='none') * torch.rand(len(y))).mean()",
    "entropy": "F.cross_entropy(net(x), y) - 0.01 * (net(x).softmax(1) * net(x).log_softmax(1)).sum()",
    "focal": "((1 - net(x).softmax(1).gather(1, y[:, None])) ** 2 * F.cross_entropy(net(x), y, "
    "reduction='none')[:, None]).mean()",
    "policy": "-(torch.distributions.Categorical(logits=net(x)).log_prob(y)).mean()",
    "margin": "F.multi_margin_loss(net(x), y)",
}


def _loops() -> dict[str, str]:
    made = {}
    for (clear, text), (order, body) in product(_CLEARS.items(), _ORDERS.items()):
        made[f"cleared_{clear}_{order}"] = "for x, y in loader:\n" + indent(body.format(clear=text), "    ")
    for name, built in _OPTIMIZERS.items():
        made[f"optimizer_{name}"] = f"optimizer = {built}\nfor x, y in loader:\n" + indent(
            _ORDERS["first"].format(clear="optimizer.zero_grad()"), "    "
        )
    for name, loss in _SQUEEZES.items():
        made[f"regression_{name}"] = "for x, y in loader:\n" + indent(
            f"optimizer.zero_grad()\nloss = {loss}\nloss.backward()\noptimizer.step()", "    "
        )
    for name, loss in _CLASSES.items():
        made[f"classes_{name}"] = (
            "net = mlp(3)\noptimizer = torch.optim.SGD(net.parameters(), lr=0.01)\nfor x, y in class_loader:\n"
            + indent(f"optimizer.zero_grad()\nloss = {loss}\nloss.backward()\noptimizer.step()", "    ")
        )
    return made


_BY_HAND = {
    "accumulation": """
        for i, (x, y) in enumerate(loader):
            (loss_fn(model(x), y) / 4).backward()
            if (i + 1) % 4 == 0:
                optimizer.step()
                optimizer.zero_grad()
    """,
    "accumulation_with_rest": """
        for epoch in range(2):
            for i, (x, y) in enumerate(loader):
                (loss_fn(model(x), y) / 5).backward()
                if (i + 1) % 5 == 0 or i + 1 == len(loader):
                    optimizer.step()
                    optimizer.zero_grad()
    """,
    "pipelined": """
        for x, y in loader:
            optimizer.step()
            optimizer.zero_grad()
            loss_fn(model(x), y).backward()
    """,
    "gan": """
        G, D = mlp(4), mlp(1)
        opt_g, opt_d = torch.optim.Adam(G.parameters(), 1e-3), torch.optim.Adam(D.parameters(), 1e-3)
        bce = nn.BCEWithLogitsLoss()
        for x, _ in loader:
            ones, zeros = torch.ones(len(x), 1), torch.zeros(len(x), 1)
            opt_d.zero_grad()
            fake = G(torch.randn(len(x), 4))
            (bce(D(x), ones) + bce(D(fake.detach()), zeros)).backward()
            opt_d.step()
            opt_g.zero_grad()
            bce(D(fake), ones).backward()
            opt_g.step()
    """,
    "gan_two_backwards": """
        G, D = mlp(4), mlp(1)
        opt_g, opt_d = torch.optim.Adam(G.parameters(), 1e-3), torch.optim.Adam(D.parameters(), 1e-3)
        bce = nn.BCEWithLogitsLoss()
        for x, _ in loader:
            D.zero_grad()
            bce(D(x), torch.ones(len(x), 1)).backward()
            fake = G(torch.randn(len(x), 4))
            bce(D(fake.detach()), torch.zeros(len(x), 1)).backward()
            opt_d.step()
            G.zero_grad()
            bce(D(fake), torch.ones(len(x), 1)).backward()
            opt_g.step()
    """,
    "gan_generator_first": """
        G, D = mlp(4), mlp(1)
        opt_g, opt_d = torch.optim.Adam(G.parameters(), 1e-3), torch.optim.Adam(D.parameters(), 1e-3)
        for x, _ in loader:
            fake = G(torch.randn(len(x), 4))
            opt_g.zero_grad()
            F.softplus(-D(fake)).mean().backward()
            opt_g.step()
            opt_d.zero_grad()
            (F.softplus(-D(x)).mean() + F.softplus(D(fake.detach())).mean()).backward()
            opt_d.step()
    """,
    "wgan_critic_five_times": """
        G, D = nn.Linear(4, 4), nn.Linear(4, 1)
        opt_g, opt_d = torch.optim.RMSprop(G.parameters(), 1e-3), torch.optim.RMSprop(D.parameters(), 1e-3)
        for i, (x, _) in enumerate(list(loader) * 3):
            opt_d.zero_grad()
            fake = G(torch.randn(len(x), 4)).detach()
            (D(fake).mean() - D(x).mean()).backward()
            opt_d.step()
            for p in D.parameters():
                p.data.clamp_(-0.1, 0.1)
            if i % 5 == 0:
                opt_g.zero_grad()
                (-D(G(torch.randn(len(x), 4))).mean()).backward()
                opt_g.step()
    """,
    "gradient_penalty": """
        D = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 1))
        opt = torch.optim.Adam(D.parameters(), 1e-3)
        for x, _ in loader:
            x.requires_grad_()
            out = D(x)
            grad, = torch.autograd.grad(out.sum(), x, create_graph=True)
            opt.zero_grad()
            (out.mean() + ((grad.norm(dim=1) - 1) ** 2).mean()).backward()
            opt.step()
    """,
    "lbfgs": """
        model = nn.Linear(4, 1)
        optimizer = torch.optim.LBFGS(model.parameters(), lr=0.1, max_iter=4)
        x, y = data.tensors
        def closure():
            optimizer.zero_grad()
            loss = loss_fn(model(x), y)
            loss.backward()
            return loss
        for _ in range(12):
            optimizer.step(closure)
    """,
    "closure_of_sgd": """
        for x, y in loader:
            def closure():
                optimizer.zero_grad()
                loss = loss_fn(model(x), y)
                loss.backward()
                return loss
            optimizer.step(closure)
    """,
    "sam": """
        for x, y in loader:
            optimizer.zero_grad()
            loss_fn(model(x), y).backward()
            moved = []
            with torch.no_grad():
                for p in model.parameters():
                    e = 0.01 * p.grad
                    p.add_(e)
                    moved.append(e)
            optimizer.zero_grad()
            loss_fn(model(x), y).backward()
            with torch.no_grad():
                for p, e in zip(model.parameters(), moved):
                    p.sub_(e)
            optimizer.step()
    """,
    "two_losses_added": """
        for x, y in loader:
            optimizer.zero_grad()
            out = model(x)
            (loss_fn(out, y) + 0.1 * out.abs().mean()).backward()
            optimizer.step()
    """,
    "two_losses_retained": """
        for x, y in loader:
            optimizer.zero_grad()
            out = model(x)
            loss_fn(out, y).backward(retain_graph=True)
            (0.1 * out.abs().mean()).backward()
            optimizer.step()
    """,
    "two_backwards_of_two_graphs": """
        for x, y in loader:
            optimizer.zero_grad()
            loss_fn(model(x), y).backward()
            loss_fn(model(x + 0.1), y).backward()
            optimizer.step()
    """,
    "two_optimizers_one_loss": """
        head, body = nn.Linear(8, 1), nn.Linear(4, 8)
        a, b = torch.optim.SGD(head.parameters(), 0.01), torch.optim.Adam(body.parameters(), 0.01)
        for x, y in loader:
            a.zero_grad()
            b.zero_grad()
            loss_fn(head(body(x).relu()), y).backward()
            a.step()
            b.step()
    """,
    "alternating_optimizers": """
        head, body = nn.Linear(8, 1), nn.Linear(4, 8)
        both = [torch.optim.SGD(head.parameters(), 0.01), torch.optim.SGD(body.parameters(), 0.01)]
        for i, (x, y) in enumerate(list(loader) * 2):
            for one in both:
                one.zero_grad()
            loss_fn(head(body(x).relu()), y).backward()
            both[i % 2].step()
    """,
    "optimizer_in_backward": """
        model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1))
        each = {p: torch.optim.SGD([p], lr=0.01) for p in model.parameters()}
        def step(p):
            each[p].step()
            each[p].zero_grad()
        for p in model.parameters():
            p.register_post_accumulate_grad_hook(step)
        for x, y in loader:
            loss_fn(model(x), y).backward()
    """,
    "evaluated_each_epoch": """
        for epoch in range(3):
            model.train()
            for x, y in loader:
                optimizer.zero_grad()
                loss_fn(model(x), y).backward()
                optimizer.step()
            model.eval()
            with torch.no_grad():
                total = sum(loss_fn(model(x), y).item() for x, y in loader)
    """,
    "evaluated_with_inference_mode_and_mode_restored": """
        def evaluate(net):
            was = net.training
            net.eval()
            with torch.inference_mode():
                result = [net(x).mean().item() for x, _ in loader]
            net.train(was)
            return result
        for epoch in range(3):
            for x, y in loader:
                optimizer.zero_grad()
                loss_fn(model(x), y).backward()
                optimizer.step()
            evaluate(model)
    """,
    "train_called_each_step": """
        for x, y in loader:
            model.train()
            optimizer.zero_grad()
            loss_fn(model(x), y).backward()
            optimizer.step()
    """,
    "frozen_batch_norm": """
        for x, y in loader:
            model.train()
            model[1].eval()
            model[1].requires_grad_(False)
            optimizer.zero_grad()
            loss_fn(model(x), y).backward()
            optimizer.step()
    """,
    "eval_mode_without_effect": """
        model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1)).eval()
        optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
        for x, y in loader:
            optimizer.zero_grad()
            loss_fn(model(x), y).backward()
            optimizer.step()
    """,
    "frozen_backbone": """
        body, head = mlp(8).eval().requires_grad_(False), nn.Linear(8, 1)
        optimizer = torch.optim.SGD(head.parameters(), lr=0.01)
        for x, y in loader:
            with torch.no_grad():
                features = body(x)
            optimizer.zero_grad()
            loss_fn(head(features), y).backward()
            optimizer.step()
    """,
    "frozen_backbone_in_one_model": """
        model[0].requires_grad_(False)
        optimizer = torch.optim.SGD([p for p in model.parameters() if p.requires_grad], lr=0.01)
        for x, y in loader:
            optimizer.zero_grad()
            loss_fn(model(x), y).backward()
            optimizer.step()
    """,
    "frozen_in_the_optimizer": """
        model[0].requires_grad_(False)
        for x, y in loader:
            optimizer.zero_grad()
            loss_fn(model(x), y).backward()
            optimizer.step()
    """,
    "unfrozen_later": """
        model[0].requires_grad_(False)
        optimizer = torch.optim.SGD([*model[1].parameters(), *model[4].parameters()], lr=0.01)
        for epoch in range(3):
            if epoch == 1:
                model[0].requires_grad_(True)
                optimizer.add_param_group({"params": model[0].parameters()})
            for x, y in loader:
                optimizer.zero_grad()
                loss_fn(model(x), y).backward()
                optimizer.step()
    """,
    "ema_teacher": """
        teacher = copy.deepcopy(model).requires_grad_(False)
        for x, y in loader:
            with torch.no_grad():
                wanted = teacher(x)
            optimizer.zero_grad()
            (loss_fn(model(x), y) + 0.1 * F.mse_loss(model(x), wanted)).backward()
            optimizer.step()
            with torch.no_grad():
                for a, b in zip(teacher.parameters(), model.parameters()):
                    a.lerp_(b, 0.1)
    """,
    "swa_update_bn": """
        averaged = torch.optim.swa_utils.AveragedModel(model)
        for x, y in loader:
            optimizer.zero_grad()
            loss_fn(model(x), y).backward()
            optimizer.step()
            averaged.update_parameters(model)
        torch.optim.swa_utils.update_bn(loader, averaged)
    """,
    "checkpointed": """
        from torch.utils.checkpoint import checkpoint
        first, second = nn.Sequential(nn.Linear(4, 8), nn.Dropout(0.1)), nn.Linear(8, 1)
        optimizer = torch.optim.SGD([*first.parameters(), *second.parameters()], lr=0.01)
        for reentrant in (False, True):
            for x, y in loader:
                x.requires_grad_()
                optimizer.zero_grad()
                loss_fn(second(checkpoint(first, x, use_reentrant=reentrant)), y).backward()
                optimizer.step()
    """,
    "mixture_with_idle_experts": """
        experts, gate = nn.ModuleList(nn.Linear(4, 1) for _ in range(4)), nn.Linear(4, 4)
        optimizer = torch.optim.SGD([*experts.parameters(), *gate.parameters()], lr=0.01)
        for i, (x, y) in enumerate(list(loader) * 2):
            optimizer.zero_grad()
            loss_fn(experts[i % 4](x) * gate(x).softmax(1)[:, i % 4: i % 4 + 1], y).backward()
            optimizer.step()
    """,
    "siamese": """
        net = mlp(3)
        optimizer = torch.optim.SGD(net.parameters(), lr=0.01)
        for x, _ in loader:
            optimizer.zero_grad()
            F.triplet_margin_loss(net(x), net(x + 0.1), net(torch.randn_like(x))).backward()
            optimizer.step()
    """,
    "reinforce": """
        policy = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 2))
        optimizer = torch.optim.Adam(policy.parameters(), lr=0.01)
        for episode in range(6):
            logs = []
            for _ in range(40):
                chosen = torch.distributions.Categorical(logits=policy(torch.randn(4)))
                logs.append(chosen.log_prob(chosen.sample()))
            optimizer.zero_grad()
            (-torch.stack(logs).mean()).backward()
            optimizer.step()
    """,
    "dqn": """
        online = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))
        target = copy.deepcopy(online)
        optimizer = torch.optim.Adam(online.parameters(), lr=0.01)
        replay = []
        for step in range(60):
            state = torch.randn(1, 4)
            with torch.no_grad():
                action = online(state).argmax(1)
            replay.append((state, action, random.random(), torch.randn(1, 4)))
            if len(replay) >= 8:
                s, a, r, n = zip(*random.sample(replay, 8))
                with torch.no_grad():
                    wanted = torch.tensor(r) + 0.9 * target(torch.cat(n)).max(1).values
                value = online(torch.cat(s)).gather(1, torch.cat(a)[:, None])[:, 0]
                optimizer.zero_grad()
                F.smooth_l1_loss(value, wanted).backward()
                optimizer.step()
            if step % 10 == 0:
                target.load_state_dict(online.state_dict())
    """,
    "ppo_epochs_over_one_batch": """
        policy = nn.Linear(4, 2)
        optimizer = torch.optim.Adam(policy.parameters(), lr=0.01)
        for _ in range(4):
            states = torch.randn(32, 4)
            with torch.no_grad():
                old = torch.distributions.Categorical(logits=policy(states))
                actions = old.sample()
                before = old.log_prob(actions)
            for _ in range(4):
                ratio = (torch.distributions.Categorical(logits=policy(states)).log_prob(actions) - before).exp()
                optimizer.zero_grad()
                (-torch.min(ratio, ratio.clamp(0.8, 1.2)).mean()).backward()
                optimizer.step()
    """,
    "maml": """
        net = nn.Linear(4, 1)
        outer = torch.optim.SGD(net.parameters(), lr=0.01)
        for x, y in loader:
            loss = loss_fn(net(x), y)
            grads = torch.autograd.grad(loss, net.parameters(), create_graph=True)
            fast = [p - 0.1 * g for p, g in zip(net.parameters(), grads)]
            outer.zero_grad()
            loss_fn(F.linear(x, *fast), y).backward()
            outer.step()
    """,
    "first_order_meta_learning": """
        for x, y in loader:
            inner = copy.deepcopy(model)
            fast = torch.optim.SGD(inner.parameters(), lr=0.01)
            for _ in range(3):
                fast.zero_grad()
                loss_fn(inner(x), y).backward()
                fast.step()
            optimizer.zero_grad()
            for p, q in zip(model.parameters(), inner.parameters()):
                p.grad = p.detach() - q.detach()
            optimizer.step()
    """,
    "tbptt": """
        rnn, head = nn.GRU(4, 8, batch_first=True), nn.Linear(8, 1)
        optimizer = torch.optim.SGD([*rnn.parameters(), *head.parameters()], lr=0.01)
        state = None
        for _ in range(20):
            x, y = torch.randn(2, 5, 4), torch.randn(2, 5, 1)
            out, state = rnn(x, state)
            state = state.detach()
            optimizer.zero_grad()
            loss_fn(head(out), y).backward()
            optimizer.step()
    """,
    "bptt_over_time_steps": """
        cell, head = nn.RNNCell(4, 8), nn.Linear(8, 1)
        optimizer = torch.optim.SGD([*cell.parameters(), *head.parameters()], lr=0.01)
        for _ in range(10):
            state, loss = torch.zeros(2, 8), 0.0
            for _ in range(12):
                state = cell(torch.randn(2, 4), state)
                loss = loss + head(state).pow(2).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    """,
    "adversarial_training": """
        for x, y in loader:
            x = x.clone().requires_grad_()
            grad, = torch.autograd.grad(loss_fn(model(x), y), x)
            attacked = (x + 0.01 * grad.sign()).detach()
            optimizer.zero_grad()
            loss_fn(model(attacked), y).backward()
            optimizer.step()
    """,
    "adversarial_attack_in_eval_mode": """
        del optimizer
        model.eval()
        for x, y in loader:
            x = x.clone().requires_grad_()
            loss_fn(model(x), y).backward()
            attacked = x + 0.01 * x.grad.sign()
    """,
    "style_transfer": """
        net = mlp(3).eval().requires_grad_(False)
        image = torch.randn(4, 4, requires_grad=True)
        optimizer = torch.optim.Adam([image], lr=0.01)
        wanted = net(torch.randn(4, 4))
        for _ in range(15):
            optimizer.zero_grad()
            F.mse_loss(net(image), wanted).backward()
            optimizer.step()
    """,
    "saliency": """
        del optimizer
        model.eval()
        for x, _ in loader:
            x.requires_grad_()
            model(x).sum().backward()
            saliency = x.grad.abs()
    """,
    "monte_carlo_dropout_off": """
        for x, y in loader:
            optimizer.zero_grad()
            loss_fn(model(x), y).backward()
            optimizer.step()
        model.eval()
        with torch.no_grad():
            spread = torch.stack([model(x) for _ in range(20)]).std(0)
    """,
    "losses_kept_as_numbers": """
        kept, total = [], 0.0
        for x, y in list(loader) * 6:
            optimizer.zero_grad()
            loss = loss_fn(model(x), y)
            loss.backward()
            optimizer.step()
            kept.append(loss.item())
            total += loss.detach()
    """,
    "best_loss_and_every_tenth_kept": """
        best, some = None, []
        for i, (x, y) in enumerate(list(loader) * 6):
            optimizer.zero_grad()
            loss = loss_fn(model(x), y)
            loss.backward()
            optimizer.step()
            if best is None or loss < best:
                best = loss
            if i % 20 == 0:
                some.append(loss)
    """,
    "last_outputs_kept": """
        from collections import deque
        last = deque(maxlen=2)
        for x, y in list(loader) * 6:
            optimizer.zero_grad()
            out = model(x)
            last.append(out)
            loss_fn(out, y).backward()
            optimizer.step()
    """,
    "sum_that_is_propagated": """
        for _ in range(6):
            total = 0.0
            for x, y in loader:
                total = total + loss_fn(model(x), y)
            optimizer.zero_grad()
            total.backward()
            optimizer.step()
    """,
    "clipped": """
        for x, y in loader:
            optimizer.zero_grad()
            loss_fn(model(x), y).backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
    """,
    "clipped_by_value_and_by_name": """
        from torch.nn.utils import clip_grad_norm_, clip_grad_value_
        for x, y in loader:
            optimizer.zero_grad()
            loss_fn(model(x), y).backward()
            clip_grad_value_(model.parameters(), clip_value=1.0)
            clip_grad_value_(parameters=list(model.parameters()), clip_value=1.0)
            clip_grad_norm_(model.parameters(), max_norm=1.0)
            clip_grad_norm_(parameters=model.parameters(), max_norm=1.0)
            clip_grad_norm_(next(model.parameters()), 1.0)
            optimizer.step()
    """,
    "norm_for_the_log_after_the_step": """
        for x, y in loader:
            optimizer.zero_grad()
            loss_fn(model(x), y).backward()
            optimizer.step()
            norm = nn.utils.clip_grad_norm_(model.parameters(), float("inf"))
    """,
    "clipped_while_accumulating": """
        for i, (x, y) in enumerate(loader):
            (loss_fn(model(x), y) / 4).backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            if (i + 1) % 4 == 0:
                optimizer.step()
                optimizer.zero_grad()
    """,
    "amp": """
        scaler = torch.amp.GradScaler("cpu")
        for x, y in loader:
            optimizer.zero_grad()
            with torch.autocast("cpu"):
                loss = loss_fn(model(x), y)
            scaler.scale(loss).backward()
            scaler.unscale_(optimizer)
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            scaler.step(optimizer)
            scaler.update()
    """,
    "amp_accumulating": """
        scaler = torch.amp.GradScaler("cpu")
        for i, (x, y) in enumerate(loader):
            with torch.autocast("cpu"):
                loss = loss_fn(model(x), y) / 3
            scaler.scale(loss).backward()
            if (i + 1) % 3 == 0:
                scaler.step(optimizer)
                scaler.update()
                optimizer.zero_grad()
    """,
    "amp_first_steps_skipped": """
        scaler = torch.amp.GradScaler("cpu", init_scale=2.0**127, growth_interval=4)
        scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 5)
        for x, y in list(loader) * 3:
            optimizer.zero_grad()
            scaler.scale(loss_fn(model(x), y)).backward()
            scaler.step(optimizer)
            scaler.update()
            scheduler.step()
    """,
    "amp_two_optimizers": """
        head, body = nn.Linear(8, 1), nn.Linear(4, 8)
        a, b = torch.optim.SGD(head.parameters(), 0.01), torch.optim.SGD(body.parameters(), 0.01)
        scaler = torch.amp.GradScaler("cpu")
        for x, y in loader:
            a.zero_grad()
            b.zero_grad()
            scaler.scale(loss_fn(head(body(x)), y)).backward()
            scaler.step(a)
            scaler.step(b)
            scaler.update()
    """,
    "amp_off": """
        scaler = torch.amp.GradScaler("cpu", enabled=False)
        for x, y in loader:
            optimizer.zero_grad()
            scaler.scale(loss_fn(model(x), y)).backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            scaler.update()
    """,
    "schedulers": """
        warm = torch.optim.lr_scheduler.LinearLR(optimizer, 0.1, total_iters=3)
        cosine = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 10)
        scheduler = torch.optim.lr_scheduler.SequentialLR(optimizer, [warm, cosine], [3])
        for x, y in loader:
            optimizer.zero_grad()
            loss_fn(model(x), y).backward()
            optimizer.step()
            scheduler.step()
    """,
    "warm_up_from_zero": """
        scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: min(1.0, step / 6))
        for x, y in list(loader) * 2:
            optimizer.zero_grad()
            loss_fn(model(x), y).backward()
            optimizer.step()
            scheduler.step()
    """,
    "plateau_after_the_evaluation": """
        scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, patience=1)
        for epoch in range(4):
            model.train()
            for x, y in loader:
                optimizer.zero_grad()
                loss_fn(model(x), y).backward()
                optimizer.step()
            model.eval()
            with torch.no_grad():
                scheduler.step(sum(loss_fn(model(x), y).item() for x, y in loader))
    """,
    "schedule_caught_up": """
        scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 5)
        for _ in range(3):
            scheduler.step()
        for epoch in range(3):
            for x, y in loader:
                optimizer.zero_grad()
                loss_fn(model(x), y).backward()
                optimizer.step()
            scheduler.step()
    """,
    "full_batch": """
        x, y = data.tensors
        for _ in range(30):
            optimizer.zero_grad()
            loss_fn(model(x), y).backward()
            optimizer.step()
    """,
    "infinite_iterator": """
        def forever():
            while True:
                yield from loader
        batches = forever()
        for _ in range(30):
            x, y = next(batches)
            optimizer.zero_grad()
            loss_fn(model(x), y).backward()
            optimizer.step()
    """,
    "one_batch_for_a_look": """
        example, _ = next(iter(loader))
        for epoch in range(3):
            for x, y in loader:
                optimizer.zero_grad()
                loss_fn(model(x), y).backward()
                optimizer.step()
            model.eval()
            with torch.no_grad():
                model(next(iter(loader))[0])
            model.train()
    """,
    "manual_sgd": """
        net = nn.Linear(4, 1)
        for x, y in loader:
            loss_fn(net(x), y).backward()
            with torch.no_grad():
                for p in net.parameters():
                    p -= 0.01 * p.grad
                    p.grad = None
    """,
    "functional_gradients": """
        net = nn.Linear(4, 1)
        params = dict(net.named_parameters())
        optimizer = torch.optim.SGD(net.parameters(), lr=0.01)
        def compute(given, x, y):
            return F.mse_loss(torch.func.functional_call(net, given, (x,)), y)
        for x, y in loader:
            optimizer.zero_grad()
            grads = torch.func.grad(compute)({k: p.detach() for k, p in params.items()}, x, y)
            for name, p in params.items():
                p.grad = grads[name]
            optimizer.step()
    """,
    "gradients_surgery": """
        for x, y in loader:
            kept = []
            for scale in (1.0, 0.5):
                optimizer.zero_grad()
                (scale * loss_fn(model(x), y)).backward()
                kept.append([p.grad.clone() for p in model.parameters()])
            for p, a, b in zip(model.parameters(), *kept):
                p.grad = a + b
            optimizer.step()
    """,
    "weights_reinitialised_between_folds": """
        for fold in range(3):
            net = mlp()
            opt = torch.optim.Adam(net.parameters(), lr=0.01)
            for x, y in loader:
                opt.zero_grad()
                loss_fn(net(x), y).backward()
                opt.step()
            net.eval()
            with torch.no_grad():
                for x, y in loader:
                    net(x)
    """,
    "bad_batches_skipped": """
        for i, (x, y) in enumerate(list(loader) * 2):
            optimizer.zero_grad()
            loss = loss_fn(model(x), y)
            if i % 7 == 3:
                continue
            loss.backward()
            optimizer.step()
    """,
    "nan_gradients_skipped": """
        for i, (x, y) in enumerate(list(loader) * 2):
            optimizer.zero_grad()
            loss_fn(model(x), y).backward()
            if all(torch.isfinite(p.grad).all() for p in model.parameters()) and i % 5:
                optimizer.step()
    """,
    "sparse_embedding": """
        table, head = nn.Embedding(20, 4, sparse=True), nn.Linear(4, 1)
        a, b = torch.optim.SparseAdam(table.parameters()), torch.optim.SGD(head.parameters(), 0.01)
        for x, y in loader:
            a.zero_grad()
            b.zero_grad()
            loss_fn(head(table(torch.randint(0, 20, (len(x),)))), y).backward()
            a.step()
            b.step()
    """,
    "attention": """
        net = nn.TransformerEncoderLayer(4, 2, 8, batch_first=True)
        head = nn.Linear(4, 3)
        optimizer = torch.optim.Adam([*net.parameters(), *head.parameters()], lr=1e-3)
        for _ in range(12):
            x, y = torch.randn(3, 5, 4), torch.randint(0, 3, (3, 5))
            optimizer.zero_grad()
            F.cross_entropy(head(net(x)).transpose(1, 2), y).backward()
            optimizer.step()
    """,
    "vae": """
        enc, dec = nn.Linear(4, 4), nn.Linear(2, 4)
        optimizer = torch.optim.Adam([*enc.parameters(), *dec.parameters()], lr=1e-3)
        for x, _ in loader:
            mean, log = enc(x).chunk(2, dim=1)
            z = mean + torch.randn_like(mean) * (log / 2).exp()
            kl = -0.5 * (1 + log - mean**2 - log.exp()).sum(1).mean()
            optimizer.zero_grad()
            (F.mse_loss(dec(z), x) + kl).backward()
            optimizer.step()
    """,
    "tied_weights": """
        table = nn.Embedding(20, 8)
        head = nn.Linear(8, 20, bias=False)
        head.weight = table.weight
        net = nn.Sequential(table, head)
        optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
        for _ in range(12):
            tokens = torch.randint(0, 20, (4, 6))
            optimizer.zero_grad()
            F.cross_entropy(net(tokens[:, :-1]).flatten(0, 1), tokens[:, 1:].flatten()).backward()
            optimizer.step()
    """,
    "outputs_in_a_dict": """
        class Two(nn.Module):
            def __init__(self):
                super().__init__()
                self.a, self.b = nn.Linear(4, 1), nn.Linear(4, 3)
            def forward(self, x):
                return {"value": self.a(x), "classes": self.b(x)}
        net = Two()
        optimizer = torch.optim.SGD(net.parameters(), lr=0.01)
        for (x, y), (_, c) in zip(loader, class_loader):
            out = net(x)
            optimizer.zero_grad()
            (loss_fn(out["value"], y) + F.cross_entropy(out["classes"], c)).backward()
            optimizer.step()
    """,
    "a_loss_module_with_parameters": """
        class Weighted(nn.Module):
            def __init__(self):
                super().__init__()
                self.log = nn.Parameter(torch.zeros(1))
            def forward(self, out, y):
                return F.mse_loss(out, y) * (-self.log).exp() + self.log
        weighted = Weighted()
        optimizer = torch.optim.SGD([*model.parameters(), *weighted.parameters()], lr=0.01)
        for x, y in loader:
            optimizer.zero_grad()
            weighted(model(x), y).sum().backward()
            optimizer.step()
    """,
    "evaluation_inside_the_batch_loop": """
        for i, (x, y) in enumerate(list(loader) * 2):
            optimizer.zero_grad()
            loss_fn(model(x), y).backward()
            optimizer.step()
            if i % 6 == 5:
                model.eval()
                with torch.no_grad():
                    for a, _ in loader:
                        model(a)
                model.train()
    """,
    "trainer_class": """
        class Trainer:
            def __init__(self, net):
                self.net = net
                self.opt = torch.optim.AdamW(net.parameters(), lr=1e-3)
                self.losses = []
            def step(self, x, y):
                self.opt.zero_grad(set_to_none=True)
                loss = F.mse_loss(self.net(x), y)
                loss.backward()
                self.opt.step()
                self.losses.append(loss.detach())
            def fit(self):
                for x, y in list(loader) * 4:
                    self.step(x, y)
        Trainer(model).fit()
    """,
    "stochastic_depth_by_hand": """
        for i, (x, y) in enumerate(list(loader) * 2):
            optimizer.zero_grad()
            h = model[0](x)
            if random.random() < 0.5:
                h = model[1](h)
            loss_fn(model[4](h.relu()), y).backward()
            optimizer.step()
    """,
    "learning_rate_finder": """
        kept = copy.deepcopy(model.state_dict())
        for i, (x, y) in enumerate(loader):
            for group in optimizer.param_groups:
                group["lr"] = 1e-6 * 2**i
            optimizer.zero_grad()
            loss_fn(model(x), y).backward()
            optimizer.step()
        model.load_state_dict(kept)
    """,
    "early_stop": """
        for epoch in range(20):
            for x, y in loader:
                optimizer.zero_grad()
                loss = loss_fn(model(x), y)
                loss.backward()
                optimizer.step()
                if epoch > 1:
                    break
            if epoch > 2:
                break
    """,
    "a_step_without_any_reason": """
        loss_fn(model(data.tensors[0]), data.tensors[1]).backward()
        optimizer.step()
    """,
    "only_forward": """
        model.eval()
        with torch.no_grad():
            for x, _ in loader:
                model(x)
    """,
    "predictions_kept": """
        for x, y in loader:
            optimizer.zero_grad()
            loss_fn(model(x), y).backward()
            optimizer.step()
        model.eval()
        with torch.no_grad():
            kept = [model(x) for x, _ in list(loader) * 3]
    """,
}
LEGAL: dict[str, str] = {**_loops(), **{name: dedent(text).strip() for name, text in _BY_HAND.items()}}
"""The loops by name."""

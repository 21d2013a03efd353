"""Broken loops: the line that must be named ends in `# LC101` or the like. Each runs on its own behind PREAMBLE."""

from __future__ import annotations

from textwrap import dedent

_BROKEN = {
    "zero_once_an_epoch": """
        for epoch in range(3):
            optimizer.zero_grad()
            for x, y in loader:
                loss = loss_fn(model(x), y)
                loss.backward()  # LC101
                optimizer.step()
    """,
    "zero_of_another_optimizer": """
        other = torch.optim.SGD(mlp().parameters(), lr=0.1)
        for x, y in loader:
            other.zero_grad()
            loss_fn(model(x), y).backward()  # LC101
            optimizer.step()
    """,
    "zero_missing_with_clip": """
        for x, y in loader:
            loss_fn(model(x), y).backward()  # LC101
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
    """,
    "zero_missing_while_accumulating": """
        for i, (x, y) in enumerate(list(loader) * 2):
            (loss_fn(model(x), y) / 4).backward()  # LC101
            if i % 4 == 3:
                optimizer.step()
    """,
    "zero_missing_in_a_gan": """
        G, D = mlp(4), mlp(1)
        opt_g, opt_d = torch.optim.Adam(G.parameters(), 1e-3), torch.optim.Adam(D.parameters(), 1e-3)
        for x, _ in list(loader) * 2:
            opt_d.zero_grad()
            fake = G(torch.randn(len(x), 4))
            (F.softplus(-D(x)).mean() + F.softplus(D(fake.detach())).mean()).backward()
            opt_d.step()
            F.softplus(-D(fake)).mean().backward()  # LC101
            opt_g.step()
    """,
    "zero_missing_in_a_trainer": """
        class Trainer:
            def __init__(self, net):
                self.net, self.opt = net, torch.optim.AdamW(net.parameters(), lr=1e-3)
            def step(self, x, y):
                loss = F.mse_loss(self.net(x), y)
                loss.backward()  # LC101
                self.opt.step()
        trainer = Trainer(model)
        for x, y in loader:
            trainer.step(x, y)
    """,
    "zero_missing_under_amp": """
        scaler = torch.amp.GradScaler("cpu")
        for x, y in loader:
            scaler.scale(loss_fn(model(x), y)).backward()  # LC101
            scaler.step(optimizer)
            scaler.update()
    """,
    "closure_that_never_clears": """
        model = nn.Linear(4, 1)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
        for x, y in loader:
            def closure():
                loss = loss_fn(model(x), y)
                loss.backward()  # LC101
                return loss
            optimizer.step(closure)
    """,
    "cleared_before_the_step": """
        for x, y in loader:
            loss_fn(model(x), y).backward()
            optimizer.zero_grad()  # LC102
            optimizer.step()
    """,
    "model_cleared_before_the_step": """
        for x, y in loader:
            loss_fn(model(x), y).backward()
            model.zero_grad(set_to_none=False)  # LC102
            optimizer.step()
    """,
    "step_before_backward": """
        for x, y in loader:
            optimizer.zero_grad()
            loss = loss_fn(model(x), y)
            optimizer.step()  # LC103
            loss.backward()
    """,
    "step_before_backward_clear_last": """
        for x, y in loader:
            loss = loss_fn(model(x), y)
            optimizer.step()  # LC103
            loss.backward()
            optimizer.zero_grad()
    """,
    "backward_forgotten": """
        for x, y in loader:
            optimizer.zero_grad()
            loss = loss_fn(model(x), y)
            optimizer.step()  # LC104
    """,
    "step_forgotten": """
        for x, y in loader:
            optimizer.zero_grad()
            loss_fn(model(x), y).backward()  # LC105
    """,
    "backward_twice": """
        for x, y in loader:
            optimizer.zero_grad()
            loss = loss_fn(model(x), y)
            loss.backward()
            loss.backward()  # LC106
            optimizer.step()
    """,
    "shared_trunk_twice": """
        for x, y in loader:
            optimizer.zero_grad()
            out = model(x)
            loss_fn(out, y).backward()
            out.pow(2).mean().backward()  # LC106
            optimizer.step()
    """,
    "loss_from_before_the_loop": """
        x, y = next(iter(loader))
        loss = loss_fn(model(x), y)
        for _ in range(10):
            optimizer.zero_grad()
            loss.backward()  # LC107
            optimizer.step()
    """,
    "loss_made_new": """
        for x, y in loader:
            optimizer.zero_grad()
            loss = loss_fn(model(x), y)
            loss = torch.tensor(loss.item(), requires_grad=True)  # LC108
            loss.backward()
            optimizer.step()
    """,
    "output_detached": """
        for x, y in loader:
            optimizer.zero_grad()
            out = model(x).detach()  # LC108
            loss = loss_fn(out, y)
            loss.backward()
            optimizer.step()
    """,
    "loss_data": """
        for x, y in loader:
            optimizer.zero_grad()
            loss = loss_fn(model(x), y)
            total = loss.data  # LC108
            total.backward()
            optimizer.step()
    """,
    "forward_under_no_grad": """
        for x, y in loader:
            optimizer.zero_grad()
            with torch.no_grad():
                out = model(x)  # LC204
            loss = loss_fn(out, y)
            loss.backward()
            optimizer.step()
    """,
    "stepped_twice": """
        for x, y in loader:
            optimizer.zero_grad()
            loss_fn(model(x), y).backward()
            optimizer.step()
            optimizer.step()  # LC110
    """,
    "loss_of_each_sample": """
        each = nn.MSELoss(reduction="none")
        for x, y in loader:
            optimizer.zero_grad()
            each(model(x), y).backward()  # LC112
            optimizer.step()
    """,
    "eval_mode_from_the_start": """
        model.eval()
        for x, y in loader:
            optimizer.zero_grad()
            loss_fn(model(x), y).backward()  # LC201
            optimizer.step()
    """,
    "eval_mode_left_on": """
        for epoch in range(3):
            for x, y in loader:
                optimizer.zero_grad()
                loss_fn(model(x), y).backward()  # LC201
                optimizer.step()
            model.eval()
            with torch.no_grad():
                for x, y in loader:
                    model(x)
    """,
    "eval_mode_left_on_by_a_helper": """
        def predict(net, x):
            net.eval()
            with torch.no_grad():
                return net(x)
        for x, y in loader:
            optimizer.zero_grad()
            loss_fn(model(x), y).backward()  # LC201
            optimizer.step()
            predict(model, x)
    """,
    "evaluated_in_train_mode": """
        for epoch in range(2):
            for x, y in loader:
                optimizer.zero_grad()
                loss_fn(model(x), y).backward()
                optimizer.step()
            with torch.no_grad():
                for x, y in loader:
                    model(x)  # LC202
    """,
    "evaluated_with_graphs": """
        for epoch in range(2):
            model.train()
            for x, y in loader:
                optimizer.zero_grad()
                loss_fn(model(x), y).backward()
                optimizer.step()
            model.eval()
            for x, y in loader:
                out = model(x)  # LC203
    """,
    "summed_with_its_graph": """
        total = 0.0
        for x, y in loader:
            optimizer.zero_grad()
            loss = loss_fn(model(x), y)
            loss.backward()
            optimizer.step()
            total += loss  # LC401
    """,
    "listed_with_its_graph": """
        class History:
            def __init__(self):
                self.losses = []
        history = History()
        for x, y in list(loader) * 5:
            optimizer.zero_grad()
            loss = loss_fn(model(x), y)
            loss.backward()
            optimizer.step()
            history.losses.append(loss)  # LC401
    """,
    "outputs_listed": """
        def fit():
            outputs = []
            for x, y in list(loader) * 5:
                optimizer.zero_grad()
                out = model(x)
                outputs.append(out)  # LC401
                loss_fn(out, y).backward()
                optimizer.step()
        fit()
    """,
    "state_carried": """
        rnn, head = nn.GRU(4, 8, batch_first=True), nn.Linear(8, 1)
        optimizer = torch.optim.SGD([*rnn.parameters(), *head.parameters()], lr=0.01)
        state = None
        for _ in range(20):
            x, y = torch.randn(2, 5, 4), torch.randn(2, 5, 1)
            optimizer.zero_grad()
            out, state = rnn(x, state)  # LC402
            loss_fn(head(out), y).backward()
            optimizer.step()
    """,
    "softmax_first": """
        net = mlp(3)
        optimizer = torch.optim.SGD(net.parameters(), lr=0.01)
        for x, y in class_loader:
            optimizer.zero_grad()
            loss = F.cross_entropy(net(x).softmax(1), y)  # LC501
            loss.backward()
            optimizer.step()
    """,
    "softmax_in_the_model": """
        net = nn.Sequential(nn.Linear(4, 3), nn.Softmax(dim=1))
        optimizer = torch.optim.SGD(net.parameters(), lr=0.01)
        criterion = nn.CrossEntropyLoss()
        for x, y in class_loader:
            optimizer.zero_grad()
            criterion(net(x), y).backward()  # LC501
            optimizer.step()
    """,
    "log_softmax_first": """
        net = nn.Sequential(nn.Linear(4, 3), nn.LogSoftmax(dim=1))
        optimizer = torch.optim.SGD(net.parameters(), lr=0.01)
        for x, y in class_loader:
            optimizer.zero_grad()
            F.cross_entropy(net(x), y).backward()  # LC501
            optimizer.step()
    """,
    "sigmoid_first": """
        criterion = nn.BCEWithLogitsLoss()
        for x, y in loader:
            optimizer.zero_grad()
            loss = criterion(torch.sigmoid(model(x)), (y > 0).float())  # LC502
            loss.backward()
            optimizer.step()
    """,
    "nll_of_probabilities": """
        net = mlp(3)
        optimizer = torch.optim.SGD(net.parameters(), lr=0.01)
        for x, y in class_loader:
            optimizer.zero_grad()
            loss = F.nll_loss(net(x).softmax(1), y)  # LC503
            loss.backward()
            optimizer.step()
    """,
    "nll_of_logits": """
        net = nn.Linear(4, 3)
        optimizer = torch.optim.SGD(net.parameters(), lr=0.01)
        criterion = nn.NLLLoss()
        for x, y in class_loader:
            optimizer.zero_grad()
            criterion(net(x), y).backward()  # LC503
            optimizer.step()
    """,
    "arguments_swapped": """
        criterion = nn.BCEWithLogitsLoss()
        for x, y in loader:
            optimizer.zero_grad()
            loss = criterion((y > 0).float(), model(x))  # LC504
            loss.backward()
            optimizer.step()
    """,
    "classes_swapped": """
        net = mlp(3)
        optimizer = torch.optim.SGD(net.parameters(), lr=0.01)
        criterion = nn.CrossEntropyLoss()
        for x, y in class_loader:
            optimizer.zero_grad()
            loss = criterion(y, net(x))  # LC504
            loss.backward()
            optimizer.step()
    """,
    "broadcast_mse": """
        for x, y in loader:
            optimizer.zero_grad()
            loss = F.mse_loss(model(x), y.squeeze(1))  # LC505
            loss.backward()
            optimizer.step()
    """,
    "broadcast_module": """
        for x, y in loader:
            optimizer.zero_grad()
            loss = loss_fn(model(x).squeeze(1), y)  # LC505
            loss.backward()
            optimizer.step()
    """,
    "broadcast_by_hand": """
        for x, y in loader:
            optimizer.zero_grad()
            loss = (model(x) - y[:, 0]).abs().mean()  # LC505
            loss.backward()
            optimizer.step()
    """,
    "broadcast_sum": """
        for x, y in loader:
            optimizer.zero_grad()
            error = model(x)[:, 0] - y
            loss = error.pow(2).sum() / len(x)  # LC505
            loss.backward()
            optimizer.step()
    """,
    "head_replaced": """
        net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 5))
        opt = torch.optim.SGD(net.parameters(), lr=0.01)  # LC506
        net[2] = nn.Linear(8, 1)
        for x, y in loader:
            opt.zero_grad()
            loss_fn(net(x), y).backward()
            opt.step()
    """,
    "model_built_again": """
        net = nn.Linear(4, 1)
        opt = torch.optim.SGD(net.parameters(), lr=0.01)  # LC506
        net = nn.Linear(4, 1)
        for x, y in loader:
            opt.zero_grad()
            loss_fn(net(x), y).backward()
            opt.step()
    """,
    "only_the_head_is_optimized": """
        net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1))
        opt = torch.optim.SGD(net[2].parameters(), lr=0.01)  # LC506
        for x, y in loader:
            opt.zero_grad()
            loss_fn(net(x), y).backward()
            opt.step()
    """,
    "layer_never_used": """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.a, self.unused = nn.Linear(4, 1), nn.Linear(4, 1)
            def forward(self, x):
                return self.a(x)
        net = Net()
        opt = torch.optim.SGD(net.parameters(), lr=0.01)
        for x, y in loader:
            opt.zero_grad()
            loss_fn(net(x), y).backward()  # LC507
            opt.step()
    """,
    "schedule_at_the_epochs_head": """
        scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 5)
        for epoch in range(4):
            scheduler.step()  # LC601
            for x, y in loader:
                optimizer.zero_grad()
                loss_fn(model(x), y).backward()
                optimizer.step()
    """,
    "schedule_before_each_step": """
        scheduler = torch.optim.lr_scheduler.OneCycleLR(optimizer, 0.1, total_steps=40)
        for x, y in loader:
            optimizer.zero_grad()
            loss_fn(model(x), y).backward()
            scheduler.step()  # LC601
            optimizer.step()
    """,
    "schedule_forgotten": """
        scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 5)  # LC602
        for x, y in loader:
            optimizer.zero_grad()
            loss_fn(model(x), y).backward()
            optimizer.step()
    """,
    "clipped_after_the_step": """
        from torch.nn.utils import clip_grad_norm_
        for x, y in loader:
            optimizer.zero_grad()
            loss_fn(model(x), y).backward()
            optimizer.step()
            clip_grad_norm_(model.parameters(), 1.0)  # LC603
    """,
    "clipped_by_name_too_early": """
        from torch.nn.utils import clip_grad_norm_
        for x, y in loader:
            optimizer.zero_grad()
            clip_grad_norm_(model.parameters(), 1.0)  # LC604
            loss_fn(model(x), y).backward()
            optimizer.step()
    """,
    "clipped_while_scaled": """
        scaler = torch.amp.GradScaler("cpu")
        for x, y in loader:
            optimizer.zero_grad()
            scaler.scale(loss_fn(model(x), y)).backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)  # LC605
            scaler.unscale_(optimizer)
            scaler.step(optimizer)
            scaler.update()
    """,
    "scaler_never_updated": """
        scaler = torch.amp.GradScaler("cpu")
        for x, y in loader:
            optimizer.zero_grad()
            scaler.scale(loss_fn(model(x), y)).backward()
            scaler.step(optimizer)  # LC606
    """,
    "scaled_and_stepped_plainly": """
        scaler = torch.amp.GradScaler("cpu", init_scale=4.0)
        for x, y in loader:
            optimizer.zero_grad()
            scaler.scale(loss_fn(model(x), y)).backward()
            optimizer.step()  # LC607
    """,
    "stepped_by_the_scaler_and_never_scaled": """
        scaler = torch.amp.GradScaler("cpu", init_scale=4.0)
        scaler.scale(torch.ones(()))
        for x, y in loader:
            optimizer.zero_grad()
            loss_fn(model(x), y).backward()
            scaler.step(optimizer)  # LC607
            scaler.update()
    """,
    "backward_under_autocast": """
        for x, y in loader:
            optimizer.zero_grad()
            with torch.autocast("cpu", dtype=torch.bfloat16):
                loss = loss_fn(model(x), y)
                loss.backward()  # LC608
            optimizer.step()
    """,
    "loader_started_anew": """
        for _ in range(12):
            x, y = next(iter(loader))  # LC701
            optimizer.zero_grad()
            loss_fn(model(x), y).backward()
            optimizer.step()
    """,
    "one_batch_for_ever": """
        x, y = next(iter(loader))
        for _ in range(60):
            optimizer.zero_grad()
            loss_fn(model(x), y).backward()  # LC704
            optimizer.step()
    """,
    "targets_of_another_length": """
        for x, y in loader:
            optimizer.zero_grad()
            loss = F.cross_entropy(model(x), y[:, 0].long() % 1)
            loss = nn.CrossEntropyLoss()(model(x), y[:2, 0].long() % 1)  # LC705
            loss.backward()
            optimizer.step()
    """,
    "rate_far_too_high": """
        optimizer = torch.optim.SGD(model.parameters(), lr=1e30)
        for x, y in loader:
            optimizer.zero_grad()
            loss_fn(model(x), y).backward()  # LC801
            optimizer.step()
    """,
    "logarithm_of_zero_late": """
        for i, (x, y) in enumerate(list(loader) * 8):
            optimizer.zero_grad()
            loss = loss_fn(model(x), y)
            if i == 70:
                loss = loss + (loss * 0).log().abs() * 0
            loss.backward()  # LC801
            optimizer.step()
    """,
    "root_of_zero": """
        for x, y in loader:
            optimizer.zero_grad()
            (model(x) * 0).sqrt().sum().backward()
            optimizer.step()  # LC802
    """,
    "rate_of_zero": """
        optimizer = torch.optim.Adam(model.parameters(), lr=0.0)
        for x, y in loader:
            optimizer.zero_grad()
            loss_fn(model(x), y).backward()
            optimizer.step()  # LC805
    """,
    "updates_below_precision": """
        net = nn.Linear(4, 1).to(torch.bfloat16)
        optimizer = torch.optim.SGD(net.parameters(), lr=1e-7)
        for x, y in loader:
            optimizer.zero_grad()
            F.mse_loss(net(x.bfloat16()), y.bfloat16()).backward()
            optimizer.step()  # LC805
    """,
    "the_generators_loss_is_never_propagated": """
        gen, disc = mlp(), nn.Linear(1, 1)
        g_opt, d_opt = (torch.optim.Adam(m.parameters()) for m in (gen, disc))
        for x, y in loader:
            fake = gen(x)
            d_opt.zero_grad()
            (disc(fake.detach()).mean() - disc(torch.randn(4, 1)).mean()).backward()
            d_opt.step()
            g_opt.zero_grad()
            g_loss = -disc(fake).mean()
            g_opt.step()  # LC104
    """,
    "gradients_dropped_by_hand": """
        for x, y in loader:
            loss_fn(model(x), y).backward()
            for p in model.parameters():
                p.grad = None
            optimizer.step()  # LC102
    """,
    "a_graph_is_kept_for_nothing": """
        for x, y in loader:
            optimizer.zero_grad()
            loss_fn(model(x), y).backward(retain_graph=True)  # LC113
            optimizer.step()
    """,
    "an_old_loss_in_a_closure": """
        optimizer = torch.optim.LBFGS(model.parameters(), max_iter=4)
        x, y = next(iter(loader))
        loss = loss_fn(model(x), y)
        def closure():
            optimizer.zero_grad()
            loss.backward()  # LC107
            return loss
        for _ in range(4):
            optimizer.step(closure)
    """,
}
BROKEN: dict[str, str] = {name: dedent(text).strip() for name, text in _BROKEN.items()}
"""The loops by name."""

"""Learning-rate schedules: legal loops, and broken ones with a mark where the finding must stand."""

PREAMBLE = """\
import torch
from torch import nn
from torch.optim import lr_scheduler

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
loss_fn = nn.MSELoss()
batches = [(torch.randn(4, 4), torch.randn(4, 1)) for _ in range(6)]
scaler = torch.amp.GradScaler("cpu")


def train(after_backward=lambda: None, after_step=lambda: None):
    for x, y in batches:
        optimizer.zero_grad()
        loss_fn(model(x), y).backward()
        after_backward()
        optimizer.step()
        after_step()
"""
"""Stands before the programs of all these files."""

LEGAL = {
    "schedule_one_cycle": """
        scheduler = lr_scheduler.OneCycleLR(optimizer, 0.1, total_steps=60)
        for _ in range(4):
            train(after_step=scheduler.step)
    """,
    "schedule_cosine_per_batch": """
        scheduler = lr_scheduler.CosineAnnealingLR(optimizer, T_max=len(batches))
        for _ in range(4):
            train(after_step=scheduler.step)
    """,
    "schedule_sequential": """
        warm = lr_scheduler.LinearLR(optimizer, 0.1, total_iters=2)
        rest = lr_scheduler.CosineAnnealingLR(optimizer, 4)
        scheduler = lr_scheduler.SequentialLR(optimizer, [warm, rest], milestones=[100])
        for _ in range(4):
            train()
            scheduler.step()
    """,
    "schedule_chained": """
        scheduler = lr_scheduler.ChainedScheduler(
            [lr_scheduler.ConstantLR(optimizer, 0.1, 2), lr_scheduler.ExponentialLR(optimizer, 0.9)]
        )
        for _ in range(4):
            train()
            scheduler.step()
    """,
    "schedule_plateau": """
        scheduler = lr_scheduler.ReduceLROnPlateau(optimizer, patience=0)
        for _ in range(4):
            train()
            with torch.no_grad():
                scheduler.step(sum(loss_fn(model(x), y).item() for x, y in batches))
    """,
    "schedule_plateau_validated_first": """
        scheduler = lr_scheduler.ReduceLROnPlateau(optimizer, patience=0)
        for _ in range(4):
            with torch.no_grad():
                scheduler.step(sum(loss_fn(model(x), y).item() for x, y in batches))
            train()
    """,
    "schedule_warm_restarts_by_fraction": """
        scheduler = lr_scheduler.CosineAnnealingWarmRestarts(optimizer, 2)
        for epoch in range(3):
            for i, (x, y) in enumerate(batches):
                optimizer.zero_grad()
                loss_fn(model(x), y).backward()
                optimizer.step()
                scheduler.step(epoch + i / len(batches))
    """,
    "schedule_resumed_through_one_helper": """
        scheduler = lr_scheduler.StepLR(optimizer, 2)

        def advance():
            scheduler.step()

        for _ in range(1):
            advance()
        for _ in range(4):
            train()
            advance()
    """,
    "schedule_of_accumulated_steps": """
        scheduler = lr_scheduler.OneCycleLR(optimizer, 0.1, total_steps=60)
        for _ in range(4):
            for i, (x, y) in enumerate(batches):
                loss_fn(model(x), y).backward()
                if i % 2:
                    optimizer.step()
                    optimizer.zero_grad()
                scheduler.step()
    """,
    "schedule_of_four_accumulated_steps": """
        scheduler = lr_scheduler.OneCycleLR(optimizer, 0.1, total_steps=60)
        for i, (x, y) in enumerate(batches * 4):
            loss_fn(model(x), y).backward()
            if i % 4 == 3:
                optimizer.step()
                optimizer.zero_grad()
            scheduler.step()
    """,
    "schedule_of_an_optimizer_that_waits": """
        critic = nn.Linear(4, 1)
        critic_optimizer = torch.optim.SGD(critic.parameters(), lr=0.01)
        scheduler = lr_scheduler.StepLR(critic_optimizer, 2)
        for epoch in range(5):
            train()
            if epoch >= 1:
                for x, y in batches:
                    critic_optimizer.zero_grad()
                    loss_fn(critic(x), y).backward()
                    critic_optimizer.step()
            scheduler.step()
    """,
    "schedule_behind_a_skipped_step": """
        scaler = torch.amp.GradScaler("cpu", init_scale=2.0**127)
        scheduler = lr_scheduler.StepLR(optimizer, 5)
        for x, y in batches * 3:
            optimizer.zero_grad()
            scaler.scale(loss_fn(model(x), y) * 1e3).backward()
            scaler.step(optimizer)
            scaler.update()
            scheduler.step()
    """,
    "schedule_of_lbfgs": """
        optimizer = torch.optim.LBFGS(model.parameters(), max_iter=3)
        scheduler = lr_scheduler.StepLR(optimizer, 2)
        for x, y in batches * 2:
            def closure():
                optimizer.zero_grad()
                loss = loss_fn(model(x), y)
                loss.backward()
                return loss
            optimizer.step(closure)
            scheduler.step()
    """,
    "schedule_with_a_step_of_its_own": """
        class Warmup(lr_scheduler.LRScheduler):
            def get_lr(self):
                return [0.01 for _ in self.optimizer.param_groups]

            def step(self, epoch=None):
                self.last_epoch += 1
                for group, lr in zip(self.optimizer.param_groups, self.get_lr()):
                    group["lr"] = lr

        scheduler = Warmup(optimizer)
        for _ in range(4):
            train()
            scheduler.step()
    """,
    "schedule_with_a_step_that_calls_super": """
        class Logged(lr_scheduler.StepLR):
            def step(self, epoch=None):
                super().step(epoch)
                self.seen = self.get_last_lr()

        scheduler = Logged(optimizer, 2)
        for _ in range(4):
            train()
            scheduler.step()
    """,
    "schedule_built_anew_each_round": """
        for _ in range(4):
            optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
            scheduler = lr_scheduler.StepLR(optimizer, 2)
            for _ in range(2):
                train()
                scheduler.step()
    """,
    "schedule_lambda_of_two_optimizers": """
        other = nn.Linear(4, 1)
        second = torch.optim.Adam(other.parameters())
        schedulers = [lr_scheduler.LambdaLR(o, lambda e: 0.9**e) for o in (optimizer, second)]
        for _ in range(4):
            train()
            for x, y in batches:
                second.zero_grad()
                loss_fn(other(x), y).backward()
                second.step()
            for scheduler in schedulers:
                scheduler.step()
    """,
    "schedule_swa_that_never_begins": """
        from torch.optim.swa_utils import SWALR
        scheduler, swa = lr_scheduler.StepLR(optimizer, 2), SWALR(optimizer, 0.05)
        for epoch in range(4):
            train()
            if epoch > 10:
                swa.step()
            else:
                scheduler.step()
    """,
    "schedule_one_cycle_that_is_not_run_to_its_end": """
        scheduler = lr_scheduler.OneCycleLR(optimizer, 0.1, total_steps=4000)
        for _ in range(4):
            train(after_step=scheduler.step)
    """,
    "schedule_one_cycle_of_epochs": """
        scheduler = lr_scheduler.OneCycleLR(optimizer, 0.1, total_steps=5)
        for _ in range(4):
            train()
            scheduler.step()
    """,
    "schedule_one_cycle_with_accumulation": """
        scheduler = lr_scheduler.OneCycleLR(optimizer, 0.1, total_steps=12)
        for i, (x, y) in enumerate(batches * 4):
            loss_fn(model(x), y).backward()
            if i % 2:
                optimizer.step()
                scheduler.step()
                optimizer.zero_grad()
    """,
    "schedule_slow_decay_per_batch": """
        scheduler = lr_scheduler.ExponentialLR(optimizer, 0.9)
        for _ in range(4):
            train(after_step=scheduler.step)
    """,
    "schedule_of_batches_with_a_loader": """
        from torch.utils.data import DataLoader
        loader = DataLoader([(torch.randn(4), torch.randn(1)) for _ in range(12)], batch_size=2)
        scheduler = lr_scheduler.CosineAnnealingLR(optimizer, T_max=4 * len(loader))
        for epoch in range(4):
            for x, y in loader:
                optimizer.zero_grad()
                loss_fn(model(x), y).backward()
                optimizer.step()
                scheduler.step()
    """,
}

BROKEN = {
    "schedule_at_the_head": """
        scheduler = lr_scheduler.StepLR(optimizer, 2)
        for _ in range(4):
            scheduler.step()  # LC601
            train()
    """,
    "schedule_at_the_head_behind_a_sanity_check": """
        scheduler = lr_scheduler.ExponentialLR(optimizer, 0.9)
        with torch.no_grad():
            print(loss_fn(model(batches[0][0]), batches[0][1]))
        for _ in range(4):
            scheduler.step()  # LC601
            train()
    """,
    "schedule_between_backward_and_step": """
        scheduler = lr_scheduler.OneCycleLR(optimizer, 0.1, total_steps=60)
        for x, y in batches * 4:
            optimizer.zero_grad()
            loss_fn(model(x), y).backward()
            scheduler.step()  # LC601
            optimizer.step()
    """,
    "schedule_sequential_at_the_head": """
        parts = [lr_scheduler.LinearLR(optimizer, 0.1, total_iters=2), lr_scheduler.StepLR(optimizer, 2)]
        scheduler = lr_scheduler.SequentialLR(optimizer, parts, milestones=[2])
        for _ in range(4):
            scheduler.step()  # LC601
            train()
    """,
    "schedule_of_the_second_fold": """
        for fold in range(2):
            optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
            scheduler = lr_scheduler.StepLR(optimizer, 2)
            for _ in range(3):
                scheduler.step()  # LC601
                train()
    """,
    "schedule_one_cycle_per_epoch": """
        scheduler = lr_scheduler.OneCycleLR(optimizer, 0.1, epochs=4, steps_per_epoch=len(batches))
        for _ in range(4):
            train()
            scheduler.step()  # LC602
    """,
    "schedule_of_epochs_per_batch": """
        from torch.utils.data import DataLoader
        loader = DataLoader([(torch.randn(4), torch.randn(1)) for _ in range(12)], batch_size=2)
        scheduler = lr_scheduler.CosineAnnealingLR(optimizer, T_max=4)
        for epoch in range(4):
            for x, y in loader:
                optimizer.zero_grad()
                loss_fn(model(x), y).backward()
                optimizer.step()
                scheduler.step()  # LC602
    """,
    "schedule_decays_with_each_batch": """
        scheduler = lr_scheduler.StepLR(optimizer, 2, gamma=0.1)
        for _ in range(4):
            train(after_step=lambda: scheduler.step())  # LC602
    """,
    "schedule_forgotten_in_a_function": """
        def fit():
            optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
            scheduler = lr_scheduler.StepLR(optimizer, 2)  # LC602
            for x, y in batches * 4:
                optimizer.zero_grad()
                loss_fn(model(x), y).backward()
                optimizer.step()
        fit()
    """,
    "schedule_one_cycle_per_epoch_in_a_function": """
        from torch.utils.data import DataLoader
        def fit():
            loader = DataLoader([(torch.randn(4), torch.randn(1)) for _ in range(12)], batch_size=2)
            optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
            scheduler = lr_scheduler.OneCycleLR(optimizer, 0.1, epochs=5, steps_per_epoch=len(loader))
            for _ in range(5):
                for x, y in loader:
                    optimizer.zero_grad()
                    loss_fn(model(x), y).backward()
                    optimizer.step()
                scheduler.step()  # LC602
        fit()
    """,
}

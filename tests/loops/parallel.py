"""DDP, behind PREAMBLE and DDP: legal loops, and broken ones with a mark where the finding must stand."""

DDP = """\
import tempfile

torch.distributed.init_process_group("gloo", init_method=f"file://{tempfile.mktemp()}", rank=0, world_size=1)
ddp = nn.parallel.DistributedDataParallel(model)
"""

LEGAL = {
    "ddp": """
        for x, y in batches * 4:
            optimizer.zero_grad()
            loss_fn(ddp(x), y).backward()
            optimizer.step()
    """,
    "ddp_evaluated_inside": """
        for _ in range(4):
            for x, y in batches:
                optimizer.zero_grad()
                loss_fn(ddp(x), y).backward()
                optimizer.step()
            with torch.no_grad():
                print([loss_fn(ddp.module(x), y) for x, y in batches])
    """,
    "ddp_logged_inside": """
        for x, y in batches * 4:
            optimizer.zero_grad()
            loss_fn(ddp(x), y).backward()
            optimizer.step()
            print(loss_fn(ddp.module(x), y))
    """,
    "ddp_accumulated": """
        for i, (x, y) in enumerate(batches * 4):
            if i % 3 == 2:
                loss_fn(ddp(x), y).backward()
                optimizer.step()
                optimizer.zero_grad()
            else:
                with ddp.no_sync():
                    loss_fn(ddp(x), y).backward()
    """,
    "ddp_accumulated_beside_another_optimizer": """
        critic = nn.Linear(4, 1)
        second = torch.optim.SGD(critic.parameters(), lr=0.01)
        for i, (x, y) in enumerate(batches * 4):
            if i % 3 == 2:
                loss_fn(ddp(x), y).backward()
                optimizer.step()
                optimizer.zero_grad()
            else:
                with ddp.no_sync():
                    loss_fn(ddp(x), y).backward()
            second.zero_grad()
            loss_fn(critic(x), y).backward()
            second.step()
    """,
    "ddp_generator_step_goes_around_the_critic": """
        G = nn.Linear(4, 4)
        g_opt = torch.optim.SGD(G.parameters(), lr=0.01)
        for x, y in batches * 4:
            optimizer.zero_grad()
            (ddp(G(x).detach()).mean() - ddp(x).mean()).backward()
            optimizer.step()
            g_opt.zero_grad()
            (-ddp.module(G(x)).mean()).backward()
            g_opt.step()
    """,
    "ddp_second_branch_inside": """
        for x, y in batches * 4:
            optimizer.zero_grad()
            (loss_fn(ddp(x), y) + ddp.module(x).abs().mean()).backward()
            optimizer.step()
    """,
    "ddp_averaged_by_hand": """
        for x, y in batches * 4:
            optimizer.zero_grad()
            loss_fn(ddp.module(x), y).backward()
            for p in model.parameters():
                torch.distributed.all_reduce(p.grad)
            optimizer.step()
    """,
    "ddp_flat_gradients_averaged_by_hand": """
        for x, y in batches * 4:
            optimizer.zero_grad()
            with ddp.no_sync():
                loss_fn(ddp(x), y).backward()
            flat = torch.cat([p.grad.flatten() for p in model.parameters()])
            torch.distributed.all_reduce(flat)
            torch.nn.utils.vector_to_parameters(flat, [p.grad for p in model.parameters()])
            optimizer.step()
    """,
    "ddp_local_sgd": """
        for i, (x, y) in enumerate(batches * 4):
            optimizer.zero_grad()
            with ddp.no_sync():
                loss_fn(ddp(x), y).backward()
            optimizer.step()
            if i % 6 == 5:
                with torch.no_grad():
                    for p in model.parameters():
                        torch.distributed.all_reduce(p)
    """,
    "ddp_beside_a_plain_model": """
        critic = nn.Linear(4, 1)
        second = torch.optim.SGD(critic.parameters(), lr=0.01)
        for x, y in batches * 4:
            optimizer.zero_grad()
            loss_fn(ddp(x), y).backward()
            optimizer.step()
            second.zero_grad()
            loss_fn(critic(x), y).backward()
            second.step()
    """,
}

BROKEN = {
    "ddp_bypassed": """
        for x, y in batches * 4:
            optimizer.zero_grad()
            loss_fn(ddp.module(x), y).backward()  # LC901
            optimizer.step()
    """,
    "ddp_bypassed_by_its_old_name": """
        for x, y in batches * 4:
            optimizer.zero_grad()
            loss = loss_fn(model(x), y)  # LC901
            loss.backward()
            optimizer.step()
    """,
    "ddp_bypassed_in_an_accumulation": """
        for i, (x, y) in enumerate(batches * 4):
            loss = loss_fn(ddp.module(x), y)  # LC901
            loss.backward()
            if i % 2:
                optimizer.step()
                optimizer.zero_grad()
    """,
    "ddp_never_synchronized": """
        for x, y in batches * 4:
            optimizer.zero_grad()
            with ddp.no_sync():
                loss_fn(ddp(x), y).backward()  # LC904
            optimizer.step()
    """,
    "ddp_never_synchronized_accumulation": """
        for i, (x, y) in enumerate(batches * 4):
            with ddp.no_sync():
                loss_fn(ddp(x), y).backward()  # LC904
            if i % 2:
                optimizer.step()
                optimizer.zero_grad()
    """,
    "ddp_no_sync_around_the_loop": """
        with ddp.no_sync():
            for x, y in batches * 4:
                optimizer.zero_grad()
                loss_fn(ddp(x), y).backward()  # LC904
                optimizer.step()
    """,
    "ddp_loss_averaged_for_the_log": """
        for x, y in batches * 4:
            optimizer.zero_grad()
            with ddp.no_sync():
                loss = loss_fn(ddp(x), y)
                loss.backward()  # LC904
            torch.distributed.all_reduce(loss.detach())
            optimizer.step()
    """,
}

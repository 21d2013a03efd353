"""Clipping: legal loops, and broken ones with a mark where the finding must stand."""

LEGAL = {
    "clip_part": """
        for _ in range(4):
            train(after_backward=lambda: nn.utils.clip_grad_norm_(model[0].parameters(), 1.0))
    """,
    "clip_one_tensor": """
        for _ in range(4):
            train(after_backward=lambda: nn.utils.clip_grad_norm_(model[0].weight, 1.0))
    """,
    "clip_for_the_log_after_step": """
        for _ in range(4):
            train(after_step=lambda: nn.utils.clip_grad_norm_(model.parameters(), float("inf")))
    """,
    "clip_for_the_log_before_backward": """
        for x, y in batches * 4:
            loss = loss_fn(model(x), y)
            nn.utils.clip_grad_norm_(model.parameters(), max_norm=torch.inf)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    """,
    "clip_of_an_agent_with_two_optimizers": """
        agent = nn.ModuleDict({"actor": nn.Linear(4, 1), "critic": nn.Linear(4, 1)})
        actor, critic = (torch.optim.SGD(agent[n].parameters(), lr=0.01) for n in ("actor", "critic"))
        for x, y in batches * 4:
            critic.zero_grad()
            loss_fn(agent["critic"](x), y).backward()
            nn.utils.clip_grad_norm_(agent.parameters(), 0.5)
            critic.step()
            actor.zero_grad()
            loss_fn(agent["actor"](x), y).backward()
            nn.utils.clip_grad_norm_(agent.parameters(), 0.5)
            actor.step()
    """,
    "clip_of_gan": """
        G, D = nn.Linear(4, 4), nn.Linear(4, 1)
        g_opt, d_opt = (torch.optim.Adam(m.parameters()) for m in (G, D))
        for x, y in batches * 4:
            d_opt.zero_grad()
            (D(G(x).detach()).mean() - D(x).mean()).backward()
            nn.utils.clip_grad_norm_(D.parameters(), 1.0)
            d_opt.step()
            g_opt.zero_grad()
            (-D(G(x)).mean()).backward()
            nn.utils.clip_grad_norm_(G.parameters(), 1.0)
            g_opt.step()
    """,
    "clip_weights_after_step": """
        def clamp():
            with torch.no_grad():
                for p in model.parameters():
                    p.clamp_(-1, 1)
        for _ in range(4):
            train(after_step=clamp)
    """,
    "clip_between_accumulated_losses": """
        for x, y in batches * 4:
            optimizer.zero_grad()
            loss_fn(model(x), y).backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            loss_fn(model(x), y).backward()
            optimizer.step()
    """,
    "clip_each_backward_of_an_accumulation": """
        for i, (x, y) in enumerate(batches * 4):
            loss_fn(model(x), y).backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            if i % 3 == 2:
                optimizer.step()
                optimizer.zero_grad()
    """,
    "clip_in_a_closure": """
        optimizer = torch.optim.LBFGS(model.parameters(), max_iter=3)
        for x, y in batches * 2:
            def closure():
                optimizer.zero_grad()
                loss = loss_fn(model(x), y)
                loss.backward()
                nn.utils.clip_grad_norm_(model.parameters(), 1.0)
                return loss
            optimizer.step(closure)
    """,
    "clip_pipelined": """
        for i, (x, y) in enumerate(batches * 4):
            if i:
                nn.utils.clip_grad_norm_(model.parameters(), 1.0)
                optimizer.step()
            optimizer.zero_grad()
            loss_fn(model(x), y).backward()
    """,
    "clip_gradients_that_are_set_by_hand": """
        for x, y in batches * 4:
            grads = torch.autograd.grad(loss_fn(model(x), y), list(model.parameters()))
            for p, g in zip(model.parameters(), grads):
                p.grad = g
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
    """,
}

BROKEN = {
    "clip_after_step": """
        from torch.nn.utils import clip_grad_norm_ as clip
        for x, y in batches * 4:
            optimizer.zero_grad()
            loss_fn(model(x), y).backward()
            optimizer.step()
            clip(model.parameters(), 1.0)  # LC603
    """,
    "clip_value_after_step": """
        for x, y in batches * 4:
            optimizer.zero_grad()
            loss_fn(model(x), y).backward()
            optimizer.step()
            nn.utils.clip_grad_value_(model.parameters(), 1.0)  # LC603
    """,
    "clip_after_scaler_step": """
        for x, y in batches * 4:
            optimizer.zero_grad()
            scaler.scale(loss_fn(model(x), y)).backward()
            scaler.step(optimizer)
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)  # LC603
            scaler.update()
    """,
    "clip_part_after_step": """
        for x, y in batches * 4:
            optimizer.zero_grad()
            loss_fn(model(x), y).backward()
            optimizer.step()
            nn.utils.clip_grad_norm_(model[0].parameters(), 1.0)  # LC603
    """,
    "clip_after_the_step_of_an_accumulation": """
        for i, (x, y) in enumerate(batches * 4):
            loss_fn(model(x), y).backward()
            if i % 2:
                optimizer.step()
                nn.utils.clip_grad_norm_(model.parameters(), 1.0)  # LC603
                optimizer.zero_grad()
    """,
    "clip_before_backward": """
        for x, y in batches * 4:
            optimizer.zero_grad()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)  # LC604
            loss_fn(model(x), y).backward()
            optimizer.step()
    """,
    "clip_value_before_backward": """
        for x, y in batches * 4:
            optimizer.zero_grad(set_to_none=False)
            loss = loss_fn(model(x), y)
            if model[0].weight.grad is not None:  # else torch refuses
                nn.utils.clip_grad_value_(model.parameters(), 1.0)  # LC604
            loss.backward()
            optimizer.step()
    """,
    "clip_before_backward_zeros": """
        for x, y in batches * 4:
            optimizer.zero_grad(set_to_none=False)
            loss = loss_fn(model(x), y)
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)  # LC604
            loss.backward()
            optimizer.step()
    """,
    "clip_scaled": """
        for x, y in batches * 4:
            optimizer.zero_grad()
            scaler.scale(loss_fn(model(x), y)).backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)  # LC605
            scaler.step(optimizer)
            scaler.update()
    """,
    "clip_scaled_and_divided": """
        for x, y in batches * 4:
            optimizer.zero_grad()
            (scaler.scale(loss_fn(model(x), y)) / 2).backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)  # LC605
            scaler.step(optimizer)
            scaler.update()
    """,
    "clip_scaled_and_the_scale_logged": """
        for x, y in batches * 4:
            optimizer.zero_grad()
            scaler.scale(loss_fn(model(x), y)).backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)  # LC605
            scaler.step(optimizer)
            scaler.update()
            print(scaler.get_scale())
    """,
    "clip_value_scaled_two_optimizers": """
        other = nn.Linear(4, 1)
        second = torch.optim.SGD(other.parameters(), lr=0.01)
        for x, y in batches * 4:
            optimizer.zero_grad()
            second.zero_grad()
            scaler.scale(loss_fn(model(x), y) + loss_fn(other(x), y)).backward()
            scaler.unscale_(optimizer)
            nn.utils.clip_grad_value_(model.parameters(), 1.0)
            nn.utils.clip_grad_value_(other.parameters(), 1.0)  # LC605
            scaler.step(optimizer)
            scaler.step(second)
            scaler.update()
    """,
}

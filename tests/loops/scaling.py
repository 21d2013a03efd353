"""Mixed precision: legal loops, and broken ones with a mark where the finding must stand."""

LEGAL = {
    "amp": """
        for x, y in batches * 4:
            optimizer.zero_grad()
            with torch.autocast("cpu"):
                loss = loss_fn(model(x), y)
            scaler.scale(loss).backward()
            scaler.unscale_(optimizer)
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            scaler.step(optimizer)
            scaler.update()
    """,
    "amp_accumulated": """
        for i, (x, y) in enumerate(batches * 4):
            scaler.scale(loss_fn(model(x), y) / 2).backward()
            if i % 2:
                scaler.unscale_(optimizer)
                nn.utils.clip_grad_norm_(model.parameters(), 1.0)
                scaler.step(optimizer)
                scaler.update()
                optimizer.zero_grad()
    """,
    "amp_divided_after_scaling": """
        for i, (x, y) in enumerate(batches * 4):
            (scaler.scale(loss_fn(model(x), y)) / 2).backward()
            if i % 2:
                scaler.step(optimizer)
                scaler.update()
                optimizer.zero_grad()
    """,
    "amp_losses_scaled_and_summed": """
        for x, y in batches * 4:
            optimizer.zero_grad()
            losses = [loss_fn(model(x), y), model(x).abs().mean()]
            sum(scaler.scale(one) for one in losses).backward()
            scaler.step(optimizer)
            scaler.update()
    """,
    "amp_several_losses_at_once": """
        for x, y in batches * 4:
            optimizer.zero_grad()
            losses = [loss_fn(model(x), y), model(x).abs().mean()]
            torch.autograd.backward(scaler.scale(losses))
            scaler.step(optimizer)
            scaler.update()
    """,
    "amp_gradient_is_scaled": """
        for x, y in batches * 4:
            optimizer.zero_grad()
            out = model(x)
            out.backward(scaler.scale(2 * (out - y).detach() / len(y)))
            scaler.step(optimizer)
            scaler.update()
    """,
    "amp_scaled_by_hand": """
        for x, y in batches * 4:
            optimizer.zero_grad()
            scaler.scale(torch.zeros(()))
            (loss_fn(model(x), y) * scaler.get_scale()).backward()
            scaler.step(optimizer)
            scaler.update()
    """,
    "amp_two_optimizers_one_update": """
        other = nn.Linear(4, 1)
        second = torch.optim.SGD(other.parameters(), lr=0.01)
        for x, y in batches * 4:
            optimizer.zero_grad()
            second.zero_grad()
            scaler.scale(loss_fn(model(x), y)).backward()
            scaler.scale(loss_fn(other(x), y)).backward()
            scaler.unscale_(optimizer)
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            scaler.step(optimizer)
            scaler.step(second)
            scaler.update()
    """,
    "amp_gan_where_only_the_generator_is_scaled": """
        G, D = nn.Linear(4, 4), nn.Linear(4, 1)
        g_opt, d_opt = (torch.optim.SGD(m.parameters(), lr=0.01) for m in (G, D))
        for x, y in batches * 4:
            g_opt.zero_grad()
            scaler.scale(-D(G(x)).mean()).backward()
            scaler.step(g_opt)
            scaler.update()
            d_opt.zero_grad()
            (D(G(x).detach()).mean() - D(x).mean()).backward()
            nn.utils.clip_grad_norm_(D.parameters(), 1.0)
            d_opt.step()
    """,
    "amp_gan_two_scalers": """
        G, D = nn.Linear(4, 4), nn.Linear(4, 1)
        g_opt, d_opt = (torch.optim.SGD(m.parameters(), lr=0.01) for m in (G, D))
        first, second = torch.amp.GradScaler("cpu"), torch.amp.GradScaler("cpu")
        for x, y in batches * 4:
            d_opt.zero_grad()
            first.scale(D(G(x).detach()).mean() - D(x).mean()).backward()
            first.unscale_(d_opt)
            nn.utils.clip_grad_norm_(D.parameters(), 1.0)
            first.step(d_opt)
            first.update()
            g_opt.zero_grad()
            second.scale(-D(G(x)).mean()).backward()
            second.unscale_(g_opt)
            nn.utils.clip_grad_norm_(G.parameters(), 1.0)
            second.step(g_opt)
            second.update()
    """,
    "amp_switched_off": """
        scaler = torch.amp.GradScaler("cpu", enabled=False)
        for x, y in batches * 4:
            optimizer.zero_grad()
            scaler.scale(loss_fn(model(x), y)).backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
    """,
    "amp_bound_is_scaled": """
        for x, y in batches * 4:
            optimizer.zero_grad()
            scaler.scale(loss_fn(model(x), y)).backward()
            nn.utils.clip_grad_norm_(model.parameters(), 0.5 * scaler.get_scale())
            scaler.step(optimizer)
            scaler.update()
    """,
    "amp_unscaled_by_hand": """
        for x, y in batches * 4:
            optimizer.zero_grad()
            scaler.scale(loss_fn(model(x), y)).backward()
            for p in model.parameters():
                p.grad.div_(scaler.get_scale())
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
    """,
    "amp_unscaled_by_hand_unseen": """
        for x, y in batches * 4:
            optimizer.zero_grad()
            scaler.scale(loss_fn(model(x), y)).backward()
            scale = scaler.get_scale()
            for p in model.parameters():
                p.grad.data.div_(scale)
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
    """,
    "amp_unscaled_and_stepped_plainly": """
        for x, y in batches * 4:
            optimizer.zero_grad()
            scaler.scale(loss_fn(model(x), y)).backward()
            scaler.unscale_(optimizer)
            optimizer.step()
            scaler.update()
    """,
    "amp_gradient_penalty": """
        for x, y in batches * 4:
            optimizer.zero_grad()
            loss = loss_fn(model(x), y)
            scaled = torch.autograd.grad(scaler.scale(loss), list(model.parameters()), create_graph=True)
            norm = sum((g / scaler.get_scale()).pow(2).sum() for g in scaled).sqrt()
            scaler.scale(loss + norm).backward()
            scaler.step(optimizer)
            scaler.update()
    """,
    "amp_overflows_at_first": """
        scaler = torch.amp.GradScaler("cpu", init_scale=2.0**127)
        for x, y in batches * 4:
            optimizer.zero_grad()
            scaler.scale(loss_fn(model(x), y) * 100).backward()
            scaler.unscale_(optimizer)
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            scaler.step(optimizer)
            scaler.update()
    """,
    "amp_fused": """
        optimizer = torch.optim.AdamW(model.parameters(), fused=True)
        scaler = torch.amp.GradScaler("cpu", init_scale=2.0**127)
        for x, y in batches * 4:
            optimizer.zero_grad()
            scaler.scale(loss_fn(model(x), y) * 100).backward()
            scaler.step(optimizer)
            scaler.update()
    """,
    "amp_scheduler_moves_if_not_skipped": """
        scheduler = lr_scheduler.LambdaLR(optimizer, lambda step: 0.99**step)
        for x, y in batches * 4:
            optimizer.zero_grad()
            scaler.scale(loss_fn(model(x), y)).backward()
            before = scaler.get_scale()
            scaler.step(optimizer)
            scaler.update()
            if before <= scaler.get_scale():
                scheduler.step()
    """,
    "amp_scaler_of_ones_own": """
        class Static(torch.amp.GradScaler):
            def scale(self, outputs):
                return outputs * 128.0

            def step(self, optimizer):
                for group in optimizer.param_groups:
                    for p in group["params"]:
                        p.grad.div_(128.0)
                return optimizer.step()

            def update(self):
                pass

        static = Static("cpu")
        scaler.scale(torch.zeros(()))
        for x, y in batches * 4:
            optimizer.zero_grad()
            static.scale(loss_fn(model(x), y)).backward()
            static.step(optimizer)
            static.update()
    """,
    "amp_then_plain": """
        for x, y in batches * 2:
            optimizer.zero_grad()
            scaler.scale(loss_fn(model(x), y)).backward()
            scaler.step(optimizer)
            scaler.update()
        for _ in range(4):
            train(after_backward=lambda: nn.utils.clip_grad_norm_(model.parameters(), 1.0))
    """,
    "amp_batch_left_out": """
        for i, (x, y) in enumerate(batches * 4):
            optimizer.zero_grad()
            loss = loss_fn(model(x), y)
            scaler.scale(loss).backward()
            if i % 5 == 1:
                continue
            scaler.step(optimizer)
            scaler.update()
    """,
    "autocast_around_the_forward": """
        for x, y in batches * 4:
            optimizer.zero_grad()
            with torch.autocast("cpu", dtype=torch.bfloat16):
                loss = loss_fn(model(x), y)
            loss.backward()
            optimizer.step()
    """,
    "autocast_switched_off": """
        for x, y in batches * 4:
            optimizer.zero_grad()
            with torch.autocast("cpu", enabled=False):
                loss_fn(model(x), y).backward()
            optimizer.step()
    """,
    "autocast_of_another_device": """
        for x, y in batches * 4:
            optimizer.zero_grad()
            with torch.autocast("cuda", dtype=torch.bfloat16):
                loss_fn(model(x), y).backward()
            optimizer.step()
    """,
}

BROKEN = {
    "scaler_never_updated": """
        for x, y in batches:
            optimizer.zero_grad()
            scaler.scale(loss_fn(model(x), y)).backward()
            scaler.step(optimizer)  # LC606
    """,
    "scaler_never_updated_and_unscales": """
        for x, y in batches:
            optimizer.zero_grad()
            scaler.scale(loss_fn(model(x), y)).backward()
            scaler.unscale_(optimizer)
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            scaler.step(optimizer)  # LC606
    """,
    "scaler_updated_after_the_loop": """
        for x, y in batches:
            optimizer.zero_grad()
            scaler.scale(loss_fn(model(x), y)).backward()
            scaler.step(optimizer)  # LC606
        scaler.update()
    """,
    "scaled_and_stepped_plainly": """
        scaler = torch.amp.GradScaler("cpu", init_scale=8.0)
        for x, y in batches * 4:
            optimizer.zero_grad()
            scaler.scale(loss_fn(model(x), y)).backward()
            optimizer.step()  # LC607
    """,
    "scaled_and_stepped_plainly_and_read_later": """
        scaler = torch.amp.GradScaler("cpu", init_scale=8.0)
        for x, y in batches * 4:
            optimizer.zero_grad()
            scaler.scale(loss_fn(model(x), y)).backward()
            optimizer.step()  # LC607
            print(scaler.get_scale())
    """,
    "one_of_two_optimizers_stepped_plainly": """
        other = nn.Linear(4, 1)
        second = torch.optim.SGD(other.parameters(), lr=0.01)
        scaler = torch.amp.GradScaler("cpu", init_scale=8.0)
        for x, y in batches * 4:
            optimizer.zero_grad()
            second.zero_grad()
            scaler.scale(loss_fn(model(x), y) + loss_fn(other(x), y)).backward()
            scaler.step(optimizer)
            second.step()  # LC607
            scaler.update()
    """,
    "scaled_result_thrown_away": """
        for x, y in batches * 4:
            optimizer.zero_grad()
            loss = loss_fn(model(x), y)
            scaler.scale(loss)
            loss.backward()
            scaler.step(optimizer)  # LC607
            scaler.update()
    """,
    "scaled_only_once": """
        scaler.scale(torch.zeros(()))
        for x, y in batches * 4:
            optimizer.zero_grad()
            loss_fn(model(x), y).backward()
            scaler.step(optimizer)  # LC607
            scaler.update()
    """,
    "backward_under_autocast": """
        for x, y in batches * 4:
            optimizer.zero_grad()
            with torch.autocast("cpu", dtype=torch.bfloat16):
                loss_fn(model(x), y).backward()  # LC608
            optimizer.step()
    """,
    "backward_under_autocast_scaled": """
        for x, y in batches * 4:
            optimizer.zero_grad()
            with torch.autocast("cpu", dtype=torch.bfloat16):
                loss = loss_fn(model(x), y)
                scaler.scale(loss).backward()  # LC608
            scaler.step(optimizer)
            scaler.update()
    """,
    "whole_loop_under_autocast": """
        with torch.autocast("cpu", dtype=torch.bfloat16):
            for x, y in batches * 4:
                optimizer.zero_grad()
                loss_fn(model(x), y).backward()  # LC608
                optimizer.step()
    """,
    "cleared_before_the_scalers_step": """
        for x, y in batches:
            scaler.scale(loss_fn(model(x), y)).backward()
            optimizer.zero_grad()  # LC102
            scaler.step(optimizer)
            scaler.update()
    """,
    "scaler_updated_and_nothing_stepped": """
        for x, y in batches:
            optimizer.zero_grad()
            scaler.scale(loss_fn(model(x), y)).backward()  # LC105
            scaler.update()
    """,
}

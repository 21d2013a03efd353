"""The names of the protocol on objects that have nothing to do with it."""


def animate(option, world, opts):
    for frame in range(100):
        option.step()
        option.step()
        world.step(opts.dt)
        world.zero_grad_count += frame

"""As found in a well-known repository: a dummy loop of backward and step."""

import torch


def demo_tp(model, args):
    lr = 0.25
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    for i in range(args.iter_nums):
        torch.manual_seed(i)
        inp = torch.rand(20, 10)
        output = model(inp)
        output.sum().backward()  # LC101
        optimizer.step()

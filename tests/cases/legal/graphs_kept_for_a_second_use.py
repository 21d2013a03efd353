"""retain_graph=True where gradients are taken of a part of the graph again, in this iteration or a later one."""

import torch
import torch.nn.functional as F
from elsewhere import gradient_penalty
from torch import nn


def two_losses(loader):
    model = nn.Linear(4, 1)
    optimizer = torch.optim.Adam(model.parameters())
    for x, y in loader:
        optimizer.zero_grad()
        out = model(x)
        F.mse_loss(out, y).backward(retain_graph=True)
        F.l1_loss(out, y).backward()
        optimizer.step()


def shared_features(loader):
    body, left, right = nn.Linear(4, 8), nn.Linear(8, 1), nn.Linear(8, 1)
    optimizer = torch.optim.Adam([*body.parameters(), *left.parameters(), *right.parameters()])
    for x, y in loader:
        optimizer.zero_grad()
        features = body(x)
        loss = F.mse_loss(left(features), y)
        loss.backward(retain_graph=True)
        other = F.mse_loss(right(features), y)
        other.backward()
        optimizer.step()


def state_carried_over(loader):
    rnn, head = nn.LSTM(4, 8), nn.Linear(8, 1)
    optimizer = torch.optim.Adam([*rnn.parameters(), *head.parameters()])
    state = None
    for x, y in loader:
        optimizer.zero_grad()
        out, state = rnn(x, state)
        loss = F.mse_loss(head(out), y)
        loss.backward(retain_graph=True)
        optimizer.step()


def features_before_the_loop(x, loader):
    body, head = nn.Linear(4, 8), nn.Linear(8, 1)
    optimizer = torch.optim.Adam(body.parameters())
    features = body(torch.ones(2, 4))
    for y in loader:
        optimizer.zero_grad()
        loss = F.mse_loss(head(features), y)
        loss.backward(retain_graph=True)
        optimizer.step()


def the_same_loss_again(loader):
    model = nn.Linear(4, 1)
    optimizer = torch.optim.Adam(model.parameters())
    for x, y in loader:
        loss = F.mse_loss(model(x), y)
        for _ in range(3):
            optimizer.zero_grad()
            loss.backward(retain_graph=True)
            optimizer.step()


def norm_of_gradients(loader):
    model = nn.Linear(4, 1)
    optimizer = torch.optim.Adam(model.parameters())
    for x, y in loader:
        optimizer.zero_grad()
        loss = F.mse_loss(model(x), y)
        loss.backward(retain_graph=True)
        print(torch.autograd.grad(loss, model.weight)[0].norm())
        optimizer.step()


def second_derivative(loader):
    model = nn.Linear(4, 1)
    optimizer = torch.optim.Adam(model.parameters())
    for x, y in loader:
        optimizer.zero_grad()
        loss = F.mse_loss(model(x), y)
        loss.backward(retain_graph=True, create_graph=True)
        sum(p.grad.pow(2).sum() for p in model.parameters()).backward()
        optimizer.step()


def losses_in_a_list(loader):
    heads = nn.Linear(4, 1), nn.Linear(4, 1)
    optimizer = torch.optim.Adam([*heads[0].parameters(), *heads[1].parameters()])
    body = nn.Linear(4, 4)
    for x, y in loader:
        optimizer.zero_grad()
        z = body(x)
        losses = [F.mse_loss(head(z), y) for head in heads]
        for loss in losses:
            loss.backward(retain_graph=True)
        optimizer.step()


def summed_up(loader):
    """The sum holds every loss so far, and is propagated at the end."""
    model = nn.Linear(4, 1)
    optimizer = torch.optim.Adam(model.parameters())
    total = 0
    for x, y in loader:
        optimizer.zero_grad()
        loss = F.mse_loss(model(x), y)
        total = total + loss
        loss.backward(retain_graph=True)
        optimizer.step()
    total.backward()


def propagated_out_of_sight(loader):
    generator, critic = nn.Linear(4, 4), nn.Linear(4, 1)
    optimizer = torch.optim.Adam(generator.parameters())
    for real in loader:
        optimizer.zero_grad()
        fake = generator(torch.randn(8, 4))
        loss = critic(fake).mean()
        loss.backward(retain_graph=True)
        gradient_penalty(critic, real, fake)
        optimizer.step()


def given_away(loader):
    model = nn.Linear(4, 1)
    optimizer = torch.optim.Adam(model.parameters())
    for x, y in loader:
        optimizer.zero_grad()
        loss = F.mse_loss(model(x), y)
        loss.backward(retain_graph=True)
        optimizer.step()
        yield loss

"""A recurrent state that does not exist in the first round, and is detached in each round in which it does."""

import torch
import torch.nn.functional as F
from torch import nn

windows = [(torch.randn(5, 2, 4), torch.randn(5, 2, 8)) for _ in range(3)]
has_cell = False


def copy_of_it():
    rnn = nn.GRU(4, 8)
    optimizer = torch.optim.Adam(rnn.parameters())
    memory = None
    for x, y in windows:
        if memory is not None:
            memory = memory.detach()
        seen, memory = rnn(x, memory)
        optimizer.zero_grad()
        F.mse_loss(seen, y).backward()
        optimizer.step()


def in_place():
    rnn = nn.GRU(4, 8)
    optimizer = torch.optim.Adam(rnn.parameters())
    memory = None
    for x, y in windows:
        if not memory is None:  # noqa: E714
            memory.detach_()
        seen, memory = rnn(x, memory)
        optimizer.zero_grad()
        F.mse_loss(seen, y).backward()
        optimizer.step()


def each_of_two():
    rnn = nn.LSTM(4, 8)
    optimizer = torch.optim.Adam(rnn.parameters())
    for _ in range(2):
        memory = None
        for x, y in windows:
            if memory:
                memory = tuple(part.detach() for part in memory)
            seen, memory = rnn(x, memory)
            optimizer.zero_grad()
            F.mse_loss(seen, y).backward()
            optimizer.step()


def a_list_of_them():
    rnn = nn.LSTM(4, 8)
    optimizer = torch.optim.Adam(rnn.parameters())
    memory = None
    for x, y in windows:
        if memory != None:  # noqa: E711
            memory = [part.detach() for part in memory]
        seen, memory = rnn(x, memory)
        optimizer.zero_grad()
        F.mse_loss(seen, y).backward()
        optimizer.step()


def its_parts_in_place():
    rnn = nn.LSTM(4, 8)
    optimizer = torch.optim.Adam(rnn.parameters())
    memory = None
    for x, y in windows:
        if memory is not None:
            for part in memory:
                part.detach_()
        seen, memory = rnn(x, memory)
        optimizer.zero_grad()
        F.mse_loss(seen, y).backward()
        optimizer.step()


def its_parts_by_name():
    rnn = nn.LSTM(4, 8)
    optimizer = torch.optim.Adam(rnn.parameters())
    memory = None
    for x, y in windows:
        if memory is not None:
            hidden, cell = memory
            hidden.detach_()
            cell.detach_()
        seen, memory = rnn(x, memory)
        optimizer.zero_grad()
        F.mse_loss(seen, y).backward()
        optimizer.step()


def old_style():
    rnn = nn.GRU(4, 8)
    optimizer = torch.optim.Adam(rnn.parameters())
    memory = None
    while True:
        for x, y in windows:
            if memory is not None:
                memory = memory.data
            seen, memory = rnn(x, memory)
            optimizer.zero_grad()
            F.mse_loss(seen, y).backward()
            optimizer.step()
        if memory is not None:
            break


def whatever_it_is(rnn):
    optimizer = torch.optim.Adam(rnn.parameters())
    memory = None
    for _ in range(2):
        for x, y in windows:
            if memory is not None:
                if not isinstance(memory, tuple):
                    memory = memory.detach()
                else:
                    memory = (memory[0].detach(), memory[1].detach())
            seen, memory = rnn(x, memory)
            optimizer.zero_grad()
            F.mse_loss(seen, y).backward()
            optimizer.step()


def as_a_flag_says(rnn, lstm):
    optimizer = torch.optim.Adam(rnn.parameters())
    memory = None
    for _ in range(2):
        for x, y in windows:
            if memory is not None:
                if lstm:
                    hidden, cell = memory
                    memory = (hidden.detach(), cell.detach())
                else:
                    memory = memory.detach()
            seen, memory = rnn(x, memory)
            optimizer.zero_grad()
            F.mse_loss(seen, y).backward()
            optimizer.step()


def from_the_second_round_on():
    rnn = nn.GRU(4, 8)
    optimizer = torch.optim.Adam(rnn.parameters())
    memory = None
    for i, (x, y) in enumerate(windows):
        if i > 0:
            memory = memory.detach()
        seen, memory = rnn(x, memory)
        optimizer.zero_grad()
        F.mse_loss(seen, y).backward()
        optimizer.step()


def in_either_of_two_cases():
    rnn = nn.GRU(4, 8)
    optimizer = torch.optim.Adam(rnn.parameters())
    memory = None
    for epoch in range(2):
        for x, y in windows:
            if epoch > 0 or memory is not None:
                memory = memory.detach()
            seen, memory = rnn(x, memory)
            optimizer.zero_grad()
            F.mse_loss(seen, y).backward()
            optimizer.step()


def in_one_expression():
    rnn = nn.GRU(4, 8)
    optimizer = torch.optim.Adam(rnn.parameters())
    memory = None
    for x, y in windows:
        memory = memory if memory is None else memory.detach()
        seen, memory = rnn(x, memory)
        optimizer.zero_grad()
        F.mse_loss(seen, y).backward()
        optimizer.step()


def copied_without_gradients():
    rnn = nn.GRU(4, 8)
    optimizer = torch.optim.Adam(rnn.parameters())
    memory = None
    for x, y in windows:
        if memory is not None:
            with torch.no_grad():
                memory = memory.clone()
        seen, memory = rnn(x, memory)
        optimizer.zero_grad()
        F.mse_loss(seen, y).backward()
        optimizer.step()


copy_of_it()
in_place()
each_of_two()
a_list_of_them()
its_parts_in_place()
its_parts_by_name()
old_style()
whatever_it_is(nn.GRU(4, 8))
as_a_flag_says(nn.LSTM(4, 8), lstm=True)
from_the_second_round_on()
in_either_of_two_cases()
in_one_expression()
copied_without_gradients()

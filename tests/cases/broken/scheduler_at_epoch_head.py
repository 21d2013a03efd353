"""The scheduler moves on at the head of the epoch, in a function that is given everything by this file."""

import torch
from torch.optim import lr_scheduler


def train_model(model, loaders, criterion, optimizer, scheduler, num_epochs):
    for epoch in range(num_epochs):
        if scheduler is not None:
            scheduler.step()  # LC601
        for phase in ["train", "val"]:
            if phase == "train":
                model.train()
            else:
                model.eval()
            for inputs, labels in loaders[phase]:
                optimizer.zero_grad()
                with torch.set_grad_enabled(phase == "train"):
                    loss = criterion(model(inputs), labels)
                    if phase == "train":
                        loss.backward()
                        optimizer.step()


def main(model, loaders, criterion):
    sgd = torch.optim.SGD(model.parameters(), lr=0.001)
    decay = lr_scheduler.StepLR(sgd, step_size=7)
    train_model(model, loaders, criterion, sgd, decay, 25)

"""The optimizer is a parameter that nobody in this file gives: likely, as its name says."""


def train_one_epoch(model, criterion, data_loader, optimizer, device):
    model.train()
    for image, target in data_loader:
        image, target = image.to(device), target.to(device)
        output = model(image)
        loss = criterion(output, target)
        loss.backward()  # LC101
        optimizer.step()

"""Lightning Fabric."""

import lightning as L
import torch


def main(model, dataset):
    fabric = L.Fabric(accelerator="cuda", devices=8, strategy="fsdp")
    fabric.launch()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    model, optimizer = fabric.setup(model, optimizer)
    dataloader = fabric.setup_dataloaders(torch.utils.data.DataLoader(dataset))
    for batch in dataloader:
        optimizer.zero_grad()
        input, target = batch
        loss = torch.nn.functional.nll_loss(model(input, target), target.view(-1))
        fabric.backward(loss)
        fabric.clip_gradients(model, optimizer, max_norm=1.0)
        optimizer.step()

"""Manual optimization over chunks of a batch: nothing is ever cleared."""

import pytorch_lightning as pl


class Model(pl.LightningModule):
    def training_step(self, batch, batch_idx):
        optimizer = self.optimizers()
        for chunk in batch.chunk(4):
            loss = self.net(chunk).pow(2).mean()
            self.manual_backward(loss)  # LC101
            optimizer.step()

import pytorch_lightning as pl
import torch
import torch.nn.functional as F
from pytorch_lightning.callbacks import ModelCheckpoint
from torch import nn
from torch.utils.data import DataLoader, random_split
from torchvision import transforms
from torchvision.datasets import FashionMNIST


class LitClassifier(pl.LightningModule):
    def __init__(self, channels=(8, 16), lr=1e-3, batch_size=100):
        super().__init__()
        self.save_hyperparameters()
        first, second = channels
        self.features = nn.Sequential(
            nn.Conv2d(1, first, kernel_size=3, padding='same'), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(first, second, kernel_size=3, padding='same'), nn.ReLU(), nn.MaxPool2d(2),
        )
        self.classifier = nn.Linear(second * 7 * 7, 10)

    def forward(self, x):
        x = self.features(x)
        return self.classifier(x.flatten(start_dim=1))

    def _shared_step(self, batch):
        images, labels = batch
        logits = self(images)
        return F.cross_entropy(logits, labels), (logits.argmax(dim=-1) == labels).float().mean()

    def training_step(self, batch, batch_idx):
        loss, acc = self._shared_step(batch)
        self.log_dict({'train_loss': loss, 'train_acc': acc}, prog_bar=True)
        return loss

    def validation_step(self, batch, batch_idx):
        loss, acc = self._shared_step(batch)
        self.log('val_acc', acc)

    def prepare_data(self):
        FashionMNIST('data', train=True, download=True)
        FashionMNIST('data', train=False, download=True)

    def setup(self, stage=None):
        full = FashionMNIST('data', train=True, transform=transforms.ToTensor())
        n_val = int(0.1 * len(full))
        self.train_set, self.val_set = random_split(full, [len(full) - n_val, n_val])

    def train_dataloader(self):
        return DataLoader(self.train_set, batch_size=self.hparams.batch_size, shuffle=True)

    def val_dataloader(self):
        return DataLoader(self.val_set, batch_size=1000)

    def configure_optimizers(self):
        optimizer = torch.optim.AdamW(self.parameters(), lr=self.hparams.lr)
        scheduler = torch.optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.95)
        return [optimizer], [scheduler]


if __name__ == '__main__':
    pl.seed_everything(42)
    model = LitClassifier(lr=2e-3)
    trainer = pl.Trainer(max_epochs=8, gradient_clip_val=0.5, callbacks=[ModelCheckpoint(monitor='val_acc')])
    trainer.fit(model)

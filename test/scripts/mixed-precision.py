import torch
from torch import nn
from torch.cuda.amp import autocast, GradScaler
from torchvision import datasets, transforms

device = torch.device('cuda:0' if torch.cuda.is_available() else 'cpu')
batch_size = 256
n_epochs = 5

class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 24, 3, padding=1), nn.GELU(), nn.MaxPool2d(2),
            nn.Conv2d(24, 48, 3, padding=1), nn.GELU(), nn.MaxPool2d(2),
        )
        self.classifier = nn.Sequential(nn.Flatten(), nn.Linear(48 * 7 * 7, 100), nn.SiLU(), nn.Dropout(p=.4), nn.Linear(100, 10))
    def forward(self, x):
        return self.classifier(self.features(x))

train_data = datasets.MNIST(root='data', train=True, transform=transforms.Compose([transforms.ToTensor(), transforms.Normalize((0.5,), (0.5,))]), download=True)
loaders = {'train': torch.utils.data.DataLoader(train_data, batch_size=batch_size, shuffle=True, num_workers=4, pin_memory=True),
           'test': torch.utils.data.DataLoader(datasets.MNIST('data', train=False, transform=transforms.ToTensor()), batch_size=100, shuffle=False)}
model = Model().to(device)
if torch.cuda.device_count() > 1:
    model = nn.DataParallel(model)
scaler = GradScaler()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, betas=(0.9, 0.99))
loss_func = nn.CrossEntropyLoss()
best = 0.0
patience, bad = 3, 0
for epoch in range(n_epochs):
    model.train()
    for i, (x, y) in enumerate(loaders['train']):
        x, y = x.to(device, non_blocking=True), y.to(device)
        optimizer.zero_grad()
        with autocast():
            out = model(x)
            loss = loss_func(out, y)
        scaler.scale(loss).backward()
        scaler.step(optimizer)
        scaler.update()
    acc = evaluate(model, loaders['test'])
    if acc > best:
        best = acc
        bad = 0
        torch.save(model.state_dict(), 'best.pt')
    else:
        bad += 1
        if bad >= patience:
            print('early stop')
            break

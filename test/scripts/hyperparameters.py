import yaml, json, os
import torch, torch.nn as nn
with open('config.yaml') as f:
    cfg = yaml.safe_load(f)
DEFAULTS = dict(lr=0.02, bs=64, epochs=7)
hp = {**DEFAULTS, 'lr': 0.05}
hp.update({'epochs': 8})
model = nn.Sequential(nn.Flatten(start_dim=1), nn.Linear(784, hp.get('hidden', 256)), nn.ReLU(), nn.Linear(256, 10))
opt = torch.optim.SGD(model.parameters(), lr=hp['lr'], momentum=cfg['momentum'])
dl = torch.utils.data.DataLoader(mnist, batch_size=hp['bs'] * torch.cuda.device_count() if torch.cuda.is_available() else hp['bs'], shuffle=True)
for e in range(hp['epochs']):
    for x, y in dl:
        opt.zero_grad()
        nn.CrossEntropyLoss()(model(x), y).backward()
        opt.step()

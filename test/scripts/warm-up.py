import argparse, random
import torch
from torch import nn, optim
from torch.optim.lr_scheduler import SequentialLR, LinearLR, ExponentialLR

def str2bool(v): return v.lower() in ('yes', 'true', '1')
p = argparse.ArgumentParser()
p.add_argument('-b', '--batch', type=int, default=32)
p.add_argument('-e', '--epochs', default='15', type=lambda s: int(s))
p.add_argument('--lr', default=1e-2, type=float)
p.add_argument('--wd', default=0., type=float)
p.add_argument('--bn', type=str2bool, default=True)
p.add_argument('--act', choices=['relu', 'tanh', 'elu'], default='elu')
p.add_argument('--opt', choices=['sgd', 'adam'], default='adam')
opt = p.parse_args()

acts = {'relu': nn.ReLU, 'tanh': nn.Tanh, 'elu': nn.ELU}

def block(i, o):
    layers = [nn.Conv2d(i, o, 3, padding=1)]
    if opt.bn:
        layers += [nn.BatchNorm2d(o)]
    layers.append(acts[opt.act]())
    layers.append(nn.MaxPool2d(2))
    return layers

net = nn.Sequential(*block(1, 8), *block(8, 16), nn.Flatten(), nn.Linear(16 * 49, 10))
if opt.opt == 'sgd':
    optimizer = optim.SGD(net.parameters(), opt.lr, momentum=0.9, weight_decay=opt.wd)
elif opt.opt == 'adam':
    optimizer = optim.Adam(net.parameters(), opt.lr, weight_decay=opt.wd)
else:
    raise ValueError(opt.opt)
scheduler = SequentialLR(optimizer, [LinearLR(optimizer, 0.1, total_iters=3), ExponentialLR(optimizer, 0.9)], milestones=[3])
loader = torch.utils.data.DataLoader(trainset, batch_size=opt.batch, shuffle=True)
for ep in range(opt.epochs):
    for x, t in loader:
        optimizer.zero_grad()
        nn.functional.cross_entropy(net(x), t).backward()
        optimizer.step()
    scheduler.step()

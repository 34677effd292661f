import torch, torch.nn as nn
def weights_init(m):
    classname = m.__class__.__name__
    if classname.find('Conv') != -1:
        m.weight.data.normal_(0.0, 0.02)
    elif classname.find('Linear') != -1:
        torch.nn.init.xavier_normal_(m.weight)
        m.bias.data.fill_(0)
net = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(4 * 26 * 26, 10))
net.apply(weights_init)
weights = torch.tensor([1., 2., 1., 1., 1., 1., 1., 1., 1., 1.])
loss_fn = nn.CrossEntropyLoss(weight=weights)
opt = torch.optim.SGD(net.parameters(), lr=0.1)
ema = torch.optim.swa_utils.AveragedModel(net)
for p in net[0].parameters():
    p.requires_grad = False
for epoch in range(4):
    for x, y in loader:
        x = x + 0.1 * torch.randn_like(x)
        opt.zero_grad()
        loss = loss_fn(net(x), y) + 1e-4 * sum(p.pow(2).sum() for p in net.parameters())
        loss.backward()
        opt.step()
        ema.update_parameters(net)

import torch
import torch.nn as nn

class ConvBNReLU(nn.Module):
    def __init__(self, in_ch, out_ch, **kw):
        super().__init__()
        self.conv = nn.Conv2d(in_ch, out_ch, bias=False, **kw)
        self.bn = nn.BatchNorm2d(out_ch, eps=1e-3, momentum=0.01)
        self.act = nn.ReLU(inplace=True)
    def forward(self, x):
        return self.act(self.bn(self.conv(x)))

class Residual(nn.Module):
    def __init__(self, fn):
        super().__init__()
        self.fn = fn
    def forward(self, x):
        return self.fn(x) + x

class Net(nn.Module):
    cfg = [16, 'M', 32, 32, 'M', 64]
    def __init__(self, num_classes=10):
        super().__init__()
        self.features = self._make_layers(self.cfg)
        self.res = Residual(nn.Sequential(ConvBNReLU(64, 64, kernel_size=3, padding=1), nn.Conv2d(64, 64, 1)))
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.classifier = nn.Linear(64, num_classes)
        self._initialize_weights()
    def _make_layers(self, cfg):
        layers, c = [], 1
        for v in cfg:
            if v == 'M':
                layers += [nn.MaxPool2d(2, 2)]
            else:
                layers += [ConvBNReLU(c, v, kernel_size=3, padding=1)]
                c = v
        return nn.Sequential(*layers)
    def _initialize_weights(self):
        for m in self.modules():
            if isinstance(m, (nn.Conv2d, nn.Linear)):
                nn.init.kaiming_normal_(m.weight)
                if m.bias is not None:
                    m.bias.data.zero_()
    def forward(self, x):
        x = self.res(self.features(x))
        x = self.avgpool(x).flatten(1)
        return self.classifier(x)

model = Net()
optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9, weight_decay=1e-4)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 5, 0.5)
for epoch in range(15):
    for x, y in trainloader:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x), y).backward()
        optimizer.step()
    scheduler.step()

#!/usr/bin/env python
import os
import torch
import torch.nn as nn
import torch.nn.parallel
import torch.optim
import torch.utils.data
import torchvision.datasets as datasets
import torchvision.transforms as transforms

EPOCHS = int(os.environ.get('EPOCHS', '9'))
device = torch.device('cuda:0' if torch.cuda.is_available() else 'cpu')


def conv_bn(inp, oup, stride):
    return nn.Sequential(
        nn.Conv2d(inp, oup, 3, stride, 1, bias=False),
        nn.BatchNorm2d(oup),
        nn.ReLU(inplace=True)
    )


class Net(nn.Module):
    def __init__(self, num_classes=10):
        super(Net, self).__init__()
        self.features = nn.Sequential(conv_bn(3, 24, 2), conv_bn(24, 48, 1), conv_bn(48, 96, 2))
        self.classifier = nn.Sequential(nn.Dropout(0.2), nn.Linear(96, num_classes))
        self._initialize_weights()

    def forward(self, x):
        x = self.features(x)
        x = x.mean(3).mean(2)
        x = self.classifier(x)
        return x

    def _initialize_weights(self):
        for m in self.modules():
            if isinstance(m, nn.Conv2d) or isinstance(m, nn.Linear):
                nn.init.kaiming_normal_(m.weight, mode='fan_in', nonlinearity='relu')
            elif isinstance(m, nn.BatchNorm2d):
                nn.init.constant_(m.weight, 1)
                nn.init.constant_(m.bias, 0)


train_dataset = datasets.CIFAR10('data', train=True, transform=transforms.Compose([
    transforms.RandomHorizontalFlip(),
    transforms.ToTensor(),
]), download=True)
train_loader = torch.utils.data.DataLoader(train_dataset, batch_size=96, shuffle=True, num_workers=4, pin_memory=True)

model = Net()
if torch.cuda.device_count() > 1:
    print("Let's use", torch.cuda.device_count(), "GPUs!")
model = nn.DataParallel(model)
model.to(device)

criterion = nn.CrossEntropyLoss().to(device)
optimizer = torch.optim.SGD(filter(lambda p: p.requires_grad, model.parameters()), 0.05,
                            momentum=0.9,
                            weight_decay=4e-5)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=3, gamma=0.1)


def train(epoch):
    model.train()
    for i, (images, target) in enumerate(train_loader):
        images = images.to(device, non_blocking=True)
        target = target.to(device, non_blocking=True)
        output = model(images)
        loss = criterion(output, target)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if i % 50 == 0:
            print('Epoch: [{0}][{1}/{2}]'.format(epoch, i, len(train_loader)))


for epoch in range(0, EPOCHS):
    train(epoch)
    scheduler.step()
    torch.save({'epoch': epoch + 1, 'state_dict': model.module.state_dict()}, 'checkpoint.pth.tar')

import torch
from torch import nn, optim
from torchvision import datasets, transforms
from tqdm import tqdm

# One line each, as the tutorial has it.
tf = transforms.Compose([transforms.ToTensor(), transforms.Normalize((0.5,), (0.5,))])
trainset = datasets.MNIST('~/.pytorch/MNIST_data/', download=True, train=True, transform=tf)
testset = datasets.MNIST('~/.pytorch/MNIST_data/', download=True, train=False, transform=tf)
trainloader = torch.utils.data.DataLoader(trainset, batch_size=32, shuffle=True)
testloader = torch.utils.data.DataLoader(testset, batch_size=1_000, shuffle=True)

model = nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Dropout(p=.2), nn.Linear(128, 64), nn.ReLU(), nn.Linear(64, 10), nn.LogSoftmax(dim=1))
criterion = nn.NLLLoss()
optimizer = optim.Adam(model.parameters(), lr=3.e-3)

epochs, steps, losses = 5, 0, []
for e in range(epochs):
    running_loss = 0.
    for images, labels in tqdm(trainloader):
        images = images.view(images.shape[0], -1)
        optimizer.zero_grad()
        loss = criterion(model(images), labels)
        loss.backward()
        optimizer.step()
        running_loss += loss.item()
    print(f"Training loss: {running_loss / len(trainloader)}")

"""One evaluation asks for no graphs, in the words of torch 0.3; the other one does not."""

from torch.autograd import Variable


def evaluate(net, criterion, loader):
    net.eval()
    total = 0.0
    for im, label in loader:
        im, label = Variable(im, volatile=True), Variable(label)
        total += criterion(net(im), label).data[0]
    return total


def count(net, loader):
    net.eval()
    hits = 0
    for im, label in loader:
        inputs = Variable(im, volatile=False)
        hits += net(inputs).max(1)[1].eq(label).sum().item()  # LC203
    return hits

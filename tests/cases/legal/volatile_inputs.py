"""Written for torch 0.3: inputs that are volatile ask for no graph."""

from torch.autograd import Variable


def evaluate(net, criterion, loader):
    net.eval()
    total = 0.0
    for im, label in loader:
        im = Variable(im.cuda(), volatile=True)
        label = Variable(label.cuda(), volatile=True)
        total += criterion(net(im), label).data[0]
    return total


def evaluate_again(model, loader):
    model.eval()
    hits = 0
    for im, label in loader:
        inputs = Variable(im, volatile=True)
        hits += (model(inputs).data.max(1)[1] == label).sum()
    return hits


def evaluate_anywhere(net, loader, cuda):
    net.eval()
    hits = 0
    for im, label in loader:
        if cuda:
            im = Variable(im.cuda(), volatile=True)
        else:
            im = Variable(im, volatile=True)
        hits += (net(im.view(-1, 784)).data.max(1)[1] == label).sum()
    return hits

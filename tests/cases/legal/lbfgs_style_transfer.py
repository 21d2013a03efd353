"""Neural transfer: the image is what is optimized, in a closure inside a while loop."""

import torch
import torch.optim as optim


def get_input_optimizer(input_img):
    return optim.LBFGS([input_img])


def run_style_transfer(model, input_img, style_losses, content_losses, num_steps=300):
    input_img.requires_grad_(True)
    model.eval()
    model.requires_grad_(False)
    optimizer = get_input_optimizer(input_img)
    run = [0]
    while run[0] <= num_steps:

        def closure():
            with torch.no_grad():
                input_img.clamp_(0, 1)
            optimizer.zero_grad()
            model(input_img)
            style_score = sum(sl.loss for sl in style_losses)
            content_score = sum(cl.loss for cl in content_losses)
            loss = style_score * 1e6 + content_score
            loss.backward()
            run[0] += 1
            return style_score + content_score

        optimizer.step(closure)
    return input_img

"""What is known of torch's own functions and methods, and of libraries that build models: tables only."""

from __future__ import annotations

ACTIVATIONS = {
    "softmax": "softmax",
    "Softmax": "softmax",
    "Softmax2d": "softmax",
    "log_softmax": "log_softmax",
    "LogSoftmax": "log_softmax",
    "sigmoid": "sigmoid",
    "Sigmoid": "sigmoid",
    "logsigmoid": "log_sigmoid",
    "LogSigmoid": "log_sigmoid",
}
"""Functions, methods and layers -> the activation they apply."""

FUNCTIONAL_LOSSES = frozenset(
    "binary_cross_entropy binary_cross_entropy_with_logits cosine_embedding_loss cross_entropy ctc_loss "
    "gaussian_nll_loss hinge_embedding_loss huber_loss kl_div l1_loss margin_ranking_loss mse_loss "
    "multi_margin_loss multilabel_margin_loss multilabel_soft_margin_loss nll_loss poisson_nll_loss smooth_l1_loss "
    "soft_margin_loss triplet_margin_loss triplet_margin_with_distance_loss".split()
)
LOSS_CLASSES = frozenset(
    "L1Loss MSELoss CrossEntropyLoss CTCLoss NLLLoss NLLLoss2d PoissonNLLLoss GaussianNLLLoss KLDivLoss BCELoss "
    "BCEWithLogitsLoss MarginRankingLoss HingeEmbeddingLoss MultiLabelMarginLoss HuberLoss SmoothL1Loss "
    "SoftMarginLoss MultiLabelSoftMarginLoss CosineEmbeddingLoss MultiMarginLoss TripletMarginLoss "
    "TripletMarginWithDistanceLoss".split()
)
"""Losses of torch.nn: without parameters of their own, and differentiable in their first argument."""

LOSS_OF_FUNCTION = {
    "cross_entropy": "CrossEntropyLoss",
    "nll_loss": "NLLLoss",
    "binary_cross_entropy": "BCELoss",
    "binary_cross_entropy_with_logits": "BCEWithLogitsLoss",
}

SAME_VALUE = frozenset(
    "to cuda cpu float double half bfloat16 type type_as contiguous clone view view_as reshape squeeze unsqueeze "
    "permute transpose t flatten requires_grad_ retain_grad expand expand_as repeat register_hook narrow "
    "index_select gather masked_select swapaxes movedim unflatten pin_memory long int share_memory_ chunk split "
    "unbind".split()
)
"""Tensor methods that rearrange or copy: what a value is (probabilities, a loss) does not change."""

REDUCTIONS = frozenset(
    {"mean", "sum", "max", "min", "logsumexp", "median", "amax", "amin", "prod", "nanmean", "nansum"}
)

DIFFERENTIABLE = (
    frozenset(
        "abs add addmm bmm clamp clip cos cosh cumsum div exp log log10 log1p log2 matmul mm mul neg norm outer pow "
        "relu rsqrt sigmoid sin softmax log_softmax sqrt square std sub tanh tril triu var dot einsum masked_fill "
        "where stack cat add_ mul_ div_ sub_ true_divide logit erf lerp roll flip diff cross trace diagonal sign "
        "tile".split()
    )
    | REDUCTIONS
)
"""Tensor methods and torch functions whose result rests on the graphs of what they are given."""

NOT_DIFFERENTIABLE = frozenset(
    "argmax argmin argsort eq ne lt le gt ge isnan isinf isfinite bool byte numel size dim ndimension any all "
    "is_contiguous nelement bincount histc nonzero topk_indices multinomial bernoulli round floor ceil".split()
)
NUMBERS = frozenset(
    "item tolist numel size dim ndimension nelement stride storage_offset data_ptr element_size".split()
)

CREATES = frozenset(
    "tensor as_tensor from_numpy zeros ones empty full rand randn randint arange linspace eye zeros_like ones_like "
    "rand_like randn_like full_like empty_like randperm FloatTensor LongTensor Tensor randint_like normal "
    "BoolTensor IntTensor HalfTensor DoubleTensor ByteTensor bernoulli".split()
)

MODULE_METHODS_OF_ITSELF = frozenset(
    "to cuda cpu float double half bfloat16 train eval requires_grad_ apply share_memory type to_empty xpu npu "
    "compile_".split()
)
"""Methods of a module that return it."""

WRAPS_MODULE = frozenset(
    "DataParallel DistributedDataParallel DDP FullyShardedDataParallel FSDP compile script convert_sync_batchnorm "
    "unwrap_model extract_model_from_parallel OptimizedModule BalancedDataParallel PeftModel get_peft_model "
    "convert_syncbn_model fully_shard DistributedDataParallelCPU".split()
)
"""Calls that are given a module first and give it back, wrapped."""

SCATTERS_INPUTS = frozenset({"DataParallel"})

PREPARES = frozenset({"prepare", "prepare_model", "prepare_data_loader", "initialize", "setup", "distribute"})
"""Calls that return what they are given, in the same order, wrapped; loaders among them move their batches."""

LEAVES_MODES = frozenset({"torch", "torchvision", "torchaudio", "torchmetrics", "torchinfo", "monai", "sklearn"})
"""Libraries whose functions, given a model, put its mode back if they change it at all. Engines are classes."""

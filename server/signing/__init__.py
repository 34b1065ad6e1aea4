"""The flow of a sign request, one file per step: queue, push, accept the approval, accept the signatures, embed, tell."""

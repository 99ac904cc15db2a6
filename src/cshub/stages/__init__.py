"""The stages of a run: pull, link, score, act, publish. Strangers to one another, they hand work on through the store."""

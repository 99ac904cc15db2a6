"""The stages as a run carries them out: one module each, with `carry_out(work)`, imported when its stage is due."""

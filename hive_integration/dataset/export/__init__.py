"""A dataset in the files of a trainer: OpenAI's, TRL's, or text through a model's own chat template."""

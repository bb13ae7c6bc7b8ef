"""Examples from grammars and tables: no model, no network, no text of anybody else. All follows from the task. Pure."""

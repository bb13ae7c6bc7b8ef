"""What units make a model do: sorted, routed, and turned into behaviours that a machine can check."""

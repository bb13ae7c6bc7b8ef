"""`python -m hive_integration` is `hive-ctx`."""

from hive_integration.cli.main import main

if __name__ == "__main__":
    main()

"""The whole life of goods, taken at random, beside a model in plain Python."""

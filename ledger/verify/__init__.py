"""The stand-alone verifier: needs the public files, a policy, and nothing of the portal."""

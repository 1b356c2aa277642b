"""A warm process that forks a child for each notebook, so that nothing is imported twice.

`process` starts the warm program and asks it for children; `program` is that program;
`kernel` is what a child becomes: ipykernel's own shell, with a socket instead of ports;
`client` is papermill's notebook client over that socket; `wire` is how they talk.
"""

"""Forms (ipywidgets) over a case file: fields read off the case model, values off the file."""

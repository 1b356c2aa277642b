"""Logs of answers, in whatever format they came: one reader each, one table for all."""

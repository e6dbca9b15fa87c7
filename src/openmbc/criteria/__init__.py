"""Conditions over the state: parse, check against the catalogue, compile to columns, say in words."""

from openmbc.criteria.nodes import All, AnyOf, Leaf, Node, Not
from openmbc.criteria.parse import CriteriaError, parse
from openmbc.criteria.program import Program
from openmbc.criteria.words import say, say_leaf, text_of

__all__ = ["All", "AnyOf", "CriteriaError", "Leaf", "Node", "Not", "Program", "parse", "say", "say_leaf", "text_of"]

"""FHIR R4 as facts: mCODE STU1 to STU4, plain US Core, and HL7 genomics reports.

``resources`` says which parts of FHIR are read; ``bundle`` and ``ndjson`` decode them; ``person``
hands each resource of one person to its reader (``conditions``, ``observations``, ``variants``,
``treatments``, ``procedures``, ``reports``, ``people``); ``recall`` and ``memo`` read what was said before
from memory; a `chart.Chart` collects the rows, and ``again`` those that repeat known ones;
``problems`` holds the words for what could not be used. ``single`` and ``many`` read files.

Nothing is dropped silently: every resource gives facts, or stands in the table ``problems``.
"""

"""XML from outside, read without what makes it dangerous: a document type, and with it entities, is refused."""

from __future__ import annotations

from pathlib import Path
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from openmbc.errors import RecordError
from openmbc.records.sequencing.files import chunks, open_bytes

LINE = "@line"  # attribute with the line at which an element begins
_MOST = 200 << 20


def read_xml(path: Path) -> Element:
    """The root element; names without namespace, each with its line. Raises `RecordError`."""
    tree = TreeBuilder()
    parser = expat.ParserCreate(namespace_separator="|")

    def start(name: str, attributes: dict[str, str]) -> None:
        plain = {key.rpartition("|")[2]: value for key, value in attributes.items()}
        tree.start(name.rpartition("|")[2], {**plain, LINE: str(parser.CurrentLineNumber)})

    def refuse(*_: object) -> None:
        todo = "Ask for the file as the laboratory made it."
        raise RecordError("the XML declares a document type, which is not read", file=str(path), todo=todo)

    parser.StartElementHandler = start
    parser.EndElementHandler = lambda name: tree.end(name.rpartition("|")[2])
    parser.CharacterDataHandler = tree.data
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    read = 0
    try:
        with open_bytes(path) as file:
            for data in chunks(file, path, 1 << 20):
                read += len(data)
                if read > _MOST:
                    raise RecordError(
                        "the XML is larger than any report", file=str(path), todo="Give the report alone."
                    )
                parser.Parse(data, False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        what = expat.errors.messages.get(error.code, "not well-formed")
        raise RecordError(f"the XML is broken ({what})", file=str(path), place=f"line {error.lineno}",
                          todo="Copy or download it again.") from None  # fmt: skip
    except LookupError:
        raise RecordError("the encoding of the XML is not known", file=str(path), todo="Save it as UTF-8.") from None
    return tree.close()

"""
The classic xlwings path without Excel, run by ``test_excel_scalar.py`` in a process of its own.

Real are the decorators, the converters and the VBA writer of xlwings; only pywin32 is replaced by empty modules, and
the two value rules of the Windows engine are restated. It replaces ``xlwings.func``, hence the process of its own.
"""

import importlib
import io
import json
import sys
import types


class ValueRules:
    """What the Windows engine does with cell values."""

    name, type = "excel", "desktop"

    @staticmethod
    def clean_value_data(data, datetime_builder, empty_as, number, err):
        def clean(cell):
            if cell is None or cell == "":
                return empty_as
            return number(cell) if number and isinstance(cell, float) else cell

        return [[clean(cell) for cell in row] for row in data]

    @staticmethod
    def prepare_xl_data_element(value, options):
        return "" if value is None or value != value else value


def load_classic():
    for name in ("pythoncom", "pywintypes", "win32com", "win32com.client"):
        sys.modules.setdefault(name, types.ModuleType(name))
    sys.modules["pythoncom"].CoInitialize = lambda: None
    sys.modules["win32com"].client = sys.modules["win32com.client"]
    sys.modules["win32com.client"].Dispatch = None
    import xlwings as xw
    from xlwings import udfs

    xw.engines.add(xw.Engine(impl=ValueRules()))
    xw.func, xw.arg, xw.ret = udfs.xlfunc, udfs.xlarg, udfs.xlret
    return udfs


def main():
    udfs = load_classic()
    from xlwings import conversion

    module = importlib.import_module("staffcalc.outputs.excel_scalar")

    def call(name, *given):
        """What xlwings' call_udf does, less COM."""
        function = getattr(module, name)
        info = function.__xlfunc__
        values = []
        for i, arg in enumerate(info["args"]):
            cell = given[i] if i < len(given) else None
            empty = cell is None
            values.append(arg.get("optional") if empty else conversion.read(None, cell, arg["options"]))
        return conversion.write(function(*values), None, info["ret"]["options"])[0][0]

    answers = {}
    for key, (name, cells) in json.load(sys.stdin).items():
        try:
            answers[key] = call(name, *cells)
        except ValueError as error:
            answers[key] = f"ValueError: {error}"
    vba = io.StringIO()
    book = types.SimpleNamespace(Name="book.xlsm")
    udfs.generate_vba_wrapper("staffcalc.outputs.excel_scalar", module, vba, book)
    answers["vba"] = vba.getvalue()
    json.dump(answers, sys.stdout)


if __name__ == "__main__":
    main()

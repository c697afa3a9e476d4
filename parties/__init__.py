"""Who the schemes, insurers, institutions and organisations are: code, name, area, dates. Every room may refer to them.

A scheme is one product line of a city. Nothing about money, cover or rules is known here.
"""

"""The scripts of notebook lifecycle configurations, read as a shell reads them: the routes that they add.

`scripts` decodes what the API takes; `shell` walks the syntax tree and keeps variables, functions and files;
`word_expansion` makes words of it, `shell_commands` and `printed_output` know what commands do and print,
`route_commands` and `stored_routes` read those that add routes. Nothing is run.
"""

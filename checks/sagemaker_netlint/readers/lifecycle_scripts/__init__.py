"""The scripts of notebook lifecycle configurations, read as a shell reads them: the routes that they add.

`scripts` has what others call: `decoded` for what the API takes, `routes_of` for a script. `shell` walks the
syntax tree that `bash_syntax` makes, `run_state` keeps variables, functions and files, `word_expansion` makes
words, `shell_commands` and `printed_output` know what commands do and print, `route_commands` and
`stored_routes` read those that add routes. Nothing is run.
"""

#!/usr/bin/env bash
# The step "Check" of action.yml: environment in; annotations, summary, outputs and the exit code of the check out.
# It ends with 0 only where the check does.
set -euo pipefail

if [[ $SARIF == *$'\n'* ]]; then
    echo "::error::the input sarif is more than one line"
    exit 2
fi

work=$(mktemp -d "$TEMP/sagemaker-netlint.XXXXXX")
arguments=(
    check --format github "--fail-on=$FAIL_ON"
    --output "json=$work/report.json" --output "markdown=$work/report.md" --output "github-sarif=$work/report.sarif"
)
[[ -z $POLICY ]] || arguments+=("--policy=$POLICY")
[[ -z $BASELINE ]] || arguments+=("--baseline=$BASELINE")
[[ -z $PARAMETERS ]] || arguments+=("--parameters=$PARAMETERS")
[[ $ALLOW_NOTHING != true ]] || arguments+=(--allow-nothing)
while IFS= read -r file; do
    [[ -z $file ]] || arguments+=("--var-file=$file")
done <<<"$VAR_FILES"

paths=()
while IFS= read -r path; do
    [[ -z $path ]] || paths+=("$path")
done <<<"$PATHS"
[[ -z $PLAN_FILE ]] || paths+=("$PLAN_FILE")
((${#paths[@]})) || paths=(.)

code=0
"$COMMAND" "${arguments[@]}" -- "${paths[@]}" || code=$?
echo "exit-code=$code" >>"$GITHUB_OUTPUT"

if [[ ! -s $work/report.json ]]; then
    # nothing was judged, whatever the command ended with
    echo "outcome=not-run" >>"$GITHUB_OUTPUT"
    if [[ $SUMMARY == true ]]; then
        printf '## sagemaker-netlint: could not run\n\nIt ended with %s; the log of the job says why.\n' "$code" \
            >>"$GITHUB_STEP_SUMMARY"
    fi
    ((code)) || code=3
    exit "$code"
fi

python3 - "$work/report.json" >>"$GITHUB_OUTPUT" <<'PYTHON'
import json
import sys

with open(sys.argv[1], encoding="utf-8") as file:
    report = json.load(file)
print("outcome=" + report["outcome"])
for name in ("violations", "undecided", "suppressed", "conforming"):
    print("{}={}".format(name, report["summary"][name]))
PYTHON
if [[ -n $SARIF ]]; then
    mkdir -p -- "$(dirname -- "$SARIF")"
    cp -- "$work/report.sarif" "$SARIF"
    echo "sarif-file=$SARIF" >>"$GITHUB_OUTPUT"
fi
if [[ $SUMMARY == true ]]; then
    cat "$work/report.md" >>"$GITHUB_STEP_SUMMARY"
fi
exit "$code"

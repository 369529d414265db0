#!/bin/sh
# Shows what `sagemaker-netlint check` finds in the examples. `make demo` runs it.
# It ends with 0 if each check ran as it should, although each has findings.
set -u
bold='' plain=''
if [ -t 1 ]; then bold=$(printf '\033[1m') plain=$(printf '\033[0m'); fi
cd "$(dirname "$0")/.." || exit 1

show() {
    printf '\n%s$ sagemaker-netlint check %s%s\n\n' "$bold" "$1" "$plain"
    sagemaker-netlint check "$1"
    status=$?
    printf '\n(exit code %d: ' "$status"
    case $status in
    0) echo "no violations)" ;;
    1) echo "there are violations, so a pull request with this would be stopped)" ;;
    *) echo "the check itself did not work)" && exit 1 ;;
    esac
}

show examples/cloudformation/ml-platform.template
show examples/terraform
show examples/plan/tfplan.json

cat <<'END'

That was a CloudFormation template, a Terraform root module with local modules, and a Terraform plan.
Each finding names its rule; docs/rules/ has a page for each rule. Check your own code:

    .venv/bin/sagemaker-netlint check PATH...
END

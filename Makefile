# The short way to everything. CMakePresets.json has the details.
#   make          the program, as build/release/kinglet
#   make demo     converts the example model and says what it did
#   make test     the whole test suite
#   make install  to PREFIX (default /usr/local)
#   make format, make lint, make clean
PREFIX ?= /usr/local
DEMO := build/demo
SOURCES := git ls-files -z '*.cc' '*.h'

.PHONY: all demo test install format lint clean build-packages

all: build-packages
	cmake --preset release
	cmake --build --preset release --target kinglet

demo: all
	mkdir -p $(DEMO)
	build/release/kinglet convert examples/model.keras --config examples/model_config.json \
	  --audio examples/recordings --report $(DEMO)/report.md -o $(DEMO)/example.tflite
	@echo
	@echo "The model for the device: $(DEMO)/example.tflite"
	@echo "The report:               $(DEMO)/report.md"

test: build-packages
	@tools/install_packages.sh test
	cmake --preset release
	cmake --build --preset release
	ctest --preset release --parallel $$(nproc)

install: all
	cmake --install build/release --prefix $(PREFIX)

format:
	@tools/install_packages.sh lint
	$(SOURCES) | xargs -0 clang-format-14 -i

lint: build-packages
	@tools/install_packages.sh lint
	$(SOURCES) | xargs -0 clang-format-14 --dry-run -Werror
	tools/check_layers.py
	tools/run_tidy.sh

clean:
	rm -rf build

build-packages:
	@tools/install_packages.sh build
